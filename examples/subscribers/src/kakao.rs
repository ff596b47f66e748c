//! A segment as a customer file at Kakao.

use chrono::{DateTime, Utc};
use sosik::kakao::{Kakao, Omitted, Sheet};
use sosik::registry::access::Whose;

use crate::args::KakaoFile;
use crate::failure::Failure;
use crate::store::Store;

pub(crate) async fn fill(store: &Store, asked: &KakaoFile, now: DateTime<Utc>) -> Result<String, Failure> {
    let mut sheet = Sheet::new(asked.channel.clone());
    if let Some(column) = &asked.area {
        sheet = sheet.with_area(column);
    }
    for (topic, column) in &asked.topics {
        sheet = sheet.with_topic(topic, column);
    }
    let mut kakao = Kakao::builder(asked.admin_key.clone());
    if asked.phones {
        (sheet, kakao) = (sheet.with_phones(), kakao.allow_phone_numbers());
    }
    if let Some(url) = &asked.base_url {
        kakao = kakao.base_url(url);
    }
    let kakao = kakao.build().map_err(Failure::at("Kakao"))?;
    let schema = sheet.schema().map_err(Failure::at("the columns"))?;
    // Noted before anyone's data leave.
    let people = store.people().count_of(&asked.segment, now).await.map_err(Failure::at("the store"))?;
    store.exports(Whose::Many(people), now).await.map_err(Failure::at("the record of accesses"))?;
    let file = kakao.create_file(&asked.public_id, &asked.name, &schema).await.map_err(Failure::at("the file"))?;
    let (channel, segment) = (&asked.public_id, &asked.segment);
    let filled =
        kakao.fill_file(file, channel, store.people(), segment, &sheet, now).await.map_err(Failure::at("the file"))?;
    let mut said = vec![format!("file {}: {} of {} people were taken", file.as_u64(), filled.put.taken, people)];
    said.extend(filled.omitted.iter().map(|(why, count)| {
        let why = match why {
            Omitted::Suppressed(reason) => reason.code(),
            _ => "no-id",
        };
        format!("left out, {why}: {count}")
    }));
    Ok(said.join("\n"))
}
