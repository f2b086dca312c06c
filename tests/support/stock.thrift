namespace cpp filibuster.test

exception OutOfStock {
  1: string item
}

service Stock {
  i32 Reserve(1: string item, 2: i32 count) throws (1: OutOfStock missing),
  void Ping(),
  oneway void Note(1: string text),
}
