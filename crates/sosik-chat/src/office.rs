use sosik_content::search::{Because, How, Index};

use crate::TableError;

/// An office of the city: what it handles and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Office {
    /// Its name, such as 민원봉사과.
    pub name: String,
    /// What it handles, in citizens' words.
    pub tasks: Vec<String>,
    /// Its number.
    pub phone: String,
    /// When it is open.
    pub hours: String,
    /// Where it is.
    pub place: String,
    /// What else is to be known, such as what to bring.
    pub note: String,
}

/// Which office handles what.
///
/// ```
/// use sosik_chat::Offices;
///
/// let offices = Offices::from_csv(
///     "name,tasks,phone,hours,place,note\n\
///      민원봉사과,여권 발급|주민등록 등본,031-8082-0001,평일 9~18시,시청 1층,\n\
///      차량관리과,불법주정차 과태료|자동차 등록,031-8082-0002,평일 9~18시,시청 2층,\n".as_bytes(),
/// )?;
/// let found = offices.find("여권은 어디서 만들어요?", 3);
/// assert_eq!((found[0].0.name.as_str(), found[0].1), ("민원봉사과", Some("여권 발급")));
/// # Ok::<(), sosik_chat::TableError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Offices {
    all: Vec<Office>,
    /// Of each document of the index, the office, and the task where it is one.
    of: Vec<(usize, Option<usize>)>,
    index: Index,
}

impl Offices {
    /// Reads a table with the columns `name`, `tasks` (with `|` between them), `phone`, and where they are there `hours`,
    /// `place` and `note`. Others are passed over.
    ///
    /// # Errors
    ///
    /// [`TableError`] names the line: a column is missing, or an office has no name or no number.
    pub fn from_csv(table: &[u8]) -> Result<Self, TableError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
        let headers = reader.headers().map_err(|error| TableError::new(1, error.to_string()))?.clone();
        let place = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let needed =
            |name: &str| place(name).ok_or_else(|| TableError::new(1, format!("the column `{name}` is missing")));
        let (name, tasks, phone) = (needed("name")?, needed("tasks")?, needed("phone")?);
        let (hours, at, note) = (place("hours"), place("place"), place("note"));
        let mut read = Self::default();
        for (number, row) in reader.records().enumerate() {
            let line = number + 2;
            let row = row.map_err(|error| TableError::new(line, error.to_string()))?;
            let text = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
            let tasks = text(Some(tasks))
                .split('|')
                .map(str::trim)
                .filter(|task| !task.is_empty())
                .map(str::to_owned)
                .collect();
            let office = Office {
                name: text(Some(name)),
                tasks,
                phone: text(Some(phone)),
                hours: text(hours),
                place: text(at),
                note: text(note),
            };
            if office.name.is_empty() || office.phone.is_empty() {
                return Err(TableError::new(line, "an office needs a name and a number"));
            }
            let digits = office.phone.bytes().filter(u8::is_ascii_digit).count();
            let is_plain = office.phone.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            if !is_plain || !(3..=12).contains(&digits) {
                let problem =
                    "`phone` is dialled as it stands: digits and hyphens alone (an extension goes into `note`)";
                return Err(TableError::new(line, problem));
            }
            read.add(office);
        }
        Ok(read)
    }

    fn add(&mut self, office: Office) {
        let number = self.all.len();
        self.index.add(&[(2, &office.name)]);
        self.of.push((number, None));
        for (at, task) in office.tasks.iter().enumerate() {
            self.index.add(&[(3, task)]);
            self.of.push((number, Some(at)));
        }
        self.all.push(office);
    }

    /// The offices that answer a question, the best first, each with the task for which it was found.
    #[must_use]
    pub fn find(&self, said: &str, limit: usize) -> Vec<(&Office, Option<&str>)> {
        let mut found: Vec<(&Office, Option<&str>)> = Vec::new();
        for hit in self.index.search_any(said, self.index.len()).iter().filter(|hit| hit.because.iter().any(names)) {
            let (office, task) = self.of[hit.document];
            let office = &self.all[office];
            if found.len() < limit && !found.iter().any(|(known, _)| known.name == office.name) {
                found.push((office, task.map(|task| office.tasks[task].as_str())));
            }
        }
        found
    }

    /// Whether something that an office handles is named, or the office itself.
    #[must_use]
    pub fn is_named_in(&self, said: &str) -> bool {
        !self.find(said, 1).is_empty()
    }

    /// Every office, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Office> {
        self.all.iter()
    }
}

/// Words of which every office has some, and which name none.
const COMMON: [&str; 22] = [
    "신청",
    "발급",
    "재발급",
    "등록",
    "이용",
    "신고",
    "상담",
    "점검",
    "검사",
    "요금",
    "납부",
    "교체",
    "배출",
    "변경",
    "허가",
    "안내",
    "운영",
    "조회",
    "예약",
    "환급",
    "수도",
    "도로",
];

/// Whether a word names what an office handles: it begins one, and is none that every office has.
fn names(because: &Because) -> bool {
    let is_common = COMMON.iter().any(|common| because.term == *common || because.word == *common);
    because.how <= How::Within && because.term.chars().count() >= 2 && !is_common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_wrong_says_where() {
        let told = |table: &str| Offices::from_csv(table.as_bytes()).unwrap_err().to_string();
        assert_eq!(told("name,tasks\n"), "line 1: the column `phone` is missing");
        assert_eq!(told("name,tasks,phone\n민원과,등본,\n"), "line 2: an office needs a name and a number");
        for phone in ["031-8082-5114~7", "031-8082-0001(내선 2)", "없음", "1"] {
            let told = told(&format!("name,tasks,phone\n민원과,등본,{phone}\n"));
            assert!(told.starts_with("line 2: `phone` is dialled as it stands"), "{told}");
        }
    }
}
