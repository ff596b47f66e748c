//! Every call of Kakao's.

use sosik::PhoneNumber;
use sosik::kakao::{AppUserId, ChannelPublicId, Customer, CustomerId, Kakao, Schema, Value};

use crate::Log;

pub(crate) async fn story(url: String, log: &mut Log) {
    let builder = || Kakao::builder("ADMIN".to_owned()).base_url(url.clone()).allow_phone_numbers();
    let kakao = builder().build().unwrap();
    let city = ChannelPublicId::parse("_City").unwrap();
    log.told("relations", kakao.relations(&AppUserId::new(1), &[]).await);
    log.told("of one channel", kakao.relations(&AppUserId::new(1), std::slice::from_ref(&city)).await);
    let many = builder().many_at_once(200).build().unwrap();
    let users = [AppUserId::new(1), AppUserId::new(2), AppUserId::new(9)];
    log.told("of many", many.relations_of(&users, std::slice::from_ref(&city)).await);
    log.told("not connected", kakao.relations(&AppUserId::new(9), &[]).await);
    let schema = Schema::new().words("지역").unwrap().number("emd").unwrap();
    let file = kakao.create_file(&city, "w48", &schema).await.unwrap();
    let people: Vec<Customer> =
        [CustomerId::App(AppUserId::new(1)), CustomerId::Phone(PhoneNumber::parse("010-0000-0001").unwrap())]
            .into_iter()
            .map(|id| {
                Customer::new(id).with("지역", Value::Words("회천1동".to_owned())).with("emd", Value::Number(41_630))
            })
            .collect();
    log.told("put", kakao.put_customers(file, &city, &people).await);
    let ids: Vec<CustomerId> = people.iter().map(|one| one.id.clone()).collect();
    log.told("remove", kakao.remove_customers(file, &city, &ids).await);
}
