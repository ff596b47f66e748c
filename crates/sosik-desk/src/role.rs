use std::fmt;

/// What someone of the city is at the desk. An account has one or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Agrees to what goes out, and halts what should not.
    Approver,
    /// Makes the week's draft, and answers citizens.
    Editor,
    /// Answers for people's data and for who may see them (개인정보 보호책임자 and their staff).
    PrivacyOfficer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Approver, Self::Editor, Self::PrivacyOfficer];

    /// Its stable name, in stores and journals.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approver => "approver",
            Self::Editor => "editor",
            Self::PrivacyOfficer => "privacy-officer",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// What it is called in Korean.
    #[must_use]
    pub fn korean(self) -> &'static str {
        match self {
            Self::Approver => "승인자",
            Self::Editor => "편집자",
            Self::PrivacyOfficer => "개인정보 담당자",
        }
    }

    /// What it may do: no more than the work asks for (개인정보의 안전성 확보조치 기준, 고시 제2026-9호, 제5조 제1항).
    ///
    /// ```
    /// use sosik_desk::{Right, Role};
    ///
    /// assert!(Role::Editor.rights().contains(&Right::Draft));
    /// assert!(!Role::Editor.rights().contains(&Right::Approve));
    /// assert!(!Role::Approver.rights().contains(&Right::Registry));
    /// ```
    #[must_use]
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Approver => &[Right::Watch, Right::Approve, Right::Halt, Right::Answer],
            Self::Editor => &[Right::Watch, Right::Draft, Right::Answer],
            Self::PrivacyOfficer => &[Right::Watch, Right::Registry, Right::Accounts],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Something that an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Right {
    /// Make accounts, change their roles, and look at the journals of rights and accesses.
    Accounts,
    /// Read citizens' questions and answer them.
    Answer,
    /// Agree to a draft, or give it back.
    Approve,
    /// Change the week's draft and hand it in.
    Draft,
    /// Halt a campaign, let it go on, or call it off.
    Halt,
    /// Look at how many people are registered and at what is owed to whom.
    Registry,
    /// Look at drafts and at how campaigns go: nobody's data.
    Watch,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 7] =
        [Self::Accounts, Self::Answer, Self::Approve, Self::Draft, Self::Halt, Self::Registry, Self::Watch];
}
