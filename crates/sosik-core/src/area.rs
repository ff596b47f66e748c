use std::fmt;

/// An administrative area (행정구역) by its code: a prefix of the ten digits that Korea gives to each 읍면동 district.
///
/// Two digits name a province, five a city (41630 is Yangju, 양주시), ten a district (4163053000 is 회천1동).
/// Codes are compared, never names: 양주시 is a suffix of 남양주시, and legal and administrative districts that
/// share a name cover different ground.
///
/// ```
/// use sosik_core::AreaCode;
///
/// let city = AreaCode::parse("41630")?;
/// let district = AreaCode::parse("4163058000")?; // 옥정2동
/// assert!(district.is_within(&city));
/// assert!(!city.is_within(&district));
/// # Ok::<(), sosik_core::AreaCodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaCode(String);

impl AreaCode {
    /// Reads a code of two, five, eight or ten ASCII digits.
    ///
    /// # Errors
    ///
    /// [`AreaCodeError`] when the text has another length or anything but digits.
    pub fn parse(text: &str) -> Result<Self, AreaCodeError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if digits && matches!(text.len(), 2 | 5 | 8 | 10) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AreaCodeError { given: text.chars().take(20).collect() })
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this area is `wider` itself or a part of it.
    ///
    /// A city with districts of its own (일반구), such as 수원시 41110 with 41111 and 41113, shares only its first four
    /// digits with them: a city's code of five digits that ends in 0 stands for all that begin with those four.
    #[must_use]
    pub fn is_within(&self, wider: &Self) -> bool {
        self.0.starts_with(wider.prefix()) && self.0.len() >= wider.0.len()
    }

    /// The digits with which the codes of all its parts begin: for stores that look them up. Shorter codes that begin so
    /// are no parts of it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.strip_suffix('0').filter(|_| self.0.len() == 5).unwrap_or(&self.0)
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no area code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no area code: write 2, 5, 8 or 10 digits, such as 41630 or 4163053000")]
pub struct AreaCodeError {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_holds_the_districts_of_its_own() {
        let code = |text| AreaCode::parse(text).unwrap();
        let suwon = code("41110");
        for inside in ["41110", "41111", "4111156000", "4111759000"] {
            assert!(code(inside).is_within(&suwon), "{inside}");
        }
        for outside in ["41", "41130", "4113151000", "4163053000"] {
            assert!(!code(outside).is_within(&suwon), "{outside}");
        }
        // A district of a city is not the city.
        assert!(!code("4111356000").is_within(&code("41111")));
        assert!(code("4163053000").is_within(&code("41630")) && code("41630").is_within(&code("41")));
    }

    #[test]
    fn a_code_has_two_five_eight_or_ten_digits() {
        for good in ["41", "41630", "41630530", "4163053000"] {
            assert_eq!(AreaCode::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "4", "416", "4163053000 ", "회천1동", "41630530001", "４１６３０"] {
            assert!(AreaCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_area_is_within_itself_and_its_city() {
        let district = AreaCode::parse("4163053000").unwrap();
        assert!(district.is_within(&district));
        assert!(district.is_within(&AreaCode::parse("41").unwrap()));
        assert!(!district.is_within(&AreaCode::parse("41360").unwrap())); // 남양주시
    }
}
