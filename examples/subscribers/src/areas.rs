//! People whose district became another.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use sosik::AreaCode;
use sosik::registry::{Directory, NewSubscriber, Place};

use crate::bring::seoul;
use crate::everyone;
use crate::failure::Failure;
use crate::store::Store;

pub(crate) async fn move_areas(
    store: &Store,
    table: &Path,
    is_dry: bool,
    now: DateTime<Utc>,
) -> Result<String, Failure> {
    let districts = Directory::from_csv(&Failure::read(table)?).map_err(Failure::at(table.display()))?;
    let today = seoul(now);
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    everyone(store, now, async |people| {
        let mut moved = Vec::new();
        for person in people {
            let Some(area) = &person.area else { continue };
            let place = districts.place(area, None, today);
            match &place {
                Place::In(new) if new == area => continue,
                Place::In(new) => {
                    let mut new_person = person.identities.first().cloned().map(NewSubscriber::known_by);
                    if let Some(person) = &mut new_person {
                        person.area = Some(new.clone());
                    }
                    moved.extend(new_person);
                }
                // A wider area than a district, or one of another city.
                _ if area.as_str().len() < 10 => continue,
                _ => {}
            }
            *said.entry(told(&districts, area, &place)).or_default() += 1;
        }
        if !is_dry {
            // Who was erased since the page was read is not put again.
            let mut there = Vec::with_capacity(moved.len());
            for person in moved {
                let found = store.people().find(&person.identities()[0]).await.map_err(Failure::at("the store"))?;
                there.extend(found.map(|_| person));
            }
            store.people().put(&there, now).await.map_err(Failure::at("the store"))?;
        }
        Ok(())
    })
    .await?;
    if said.is_empty() {
        return Ok("everyone lives in a district of today".to_owned());
    }
    Ok(said.iter().map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join("\n"))
}

fn told(districts: &Directory, from: &AreaCode, place: &Place) -> String {
    let name =
        |code: &AreaCode| districts.by_code(code).map_or_else(|| code.to_string(), |district| district.name.clone());
    match place {
        Place::In(new) => format!("of {} live in {} now", name(from), name(new)),
        Place::OneOf(all) => {
            let all: Vec<String> = all.iter().map(name).collect();
            format!("of {} live in one of {}: they have to be asked", name(from), all.join(", "))
        }
        _ => format!("of {}: the table does not say where that is now", name(from)),
    }
}
