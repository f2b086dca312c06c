namespace cpp shop

exception OutOfStock {
  1: string item
}

exception NotPriced {
  1: string item
}

service Stock {
  void Reserve(1: string item) throws (1: OutOfStock missing),
  i32 Price(1: string item) throws (1: NotPriced missing),
}

service Cart {
  // Whether the item could be had.
  bool Add(1: string item),
  // -1: not known at the moment.
  i32 Total() throws (1: NotPriced missing),
}
