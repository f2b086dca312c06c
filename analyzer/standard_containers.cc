#include "analyzer/standard_functions.h"

namespace filibuster::standard {

// ---- containers whose elements are written in the source: lists; of maps lists of pairs --------

namespace {

struct Found {
  Values values;             // of the elements that the key may be of
  std::size_t index = 0;     // of the last of them
  bool may_miss = true;      // it may be none of them
  bool is_followed = false;  // the elements are known
};

Found Find(const Value& map, const Value& key) {
  Found found;
  if (!map.Is(Kind::kList)) return found;
  found.is_followed = true;
  for (std::size_t i = 0; i < map.elements().size(); ++i) {
    const Value& pair = map.elements()[i];
    const Value* first = Field(pair, "first");
    if (first == nullptr) return {};
    const Truth is_meant = AsCondition(Compute("==", key, *first));
    if (is_meant == Truth::kFalse) continue;
    found.values.push_back(Value(pair).Taint(key).Taint(map));
    found.index = i;
    if (is_meant == Truth::kTrue) {
      found.may_miss = false;
      break;
    }
  }
  return found;
}

Value Second(const Value& pair) {
  const Value* second = Field(pair, "second");
  Value value = second != nullptr ? *second : Value::Unknown("an element");
  return value.Taint(pair);
}

// Where the one element that was found is.
std::optional<Place> PlaceOf(const Standard& standard, const Found& found) {
  const Value& map = standard.call.arguments[0];
  if (found.may_miss || found.values.size() != 1 || !map.Is(Kind::kAlias)) return std::nullopt;
  Place place = standard.state.memory.Resolve(map.place());
  place.path.push_back(ElementPart(static_cast<std::int64_t>(found.index)));
  return place;
}

std::optional<Value> SecondOf(const Standard& standard, const Found& found) {
  auto place = PlaceOf(standard, found);
  if (!place || !found.values[0].Is(Kind::kObject)) return std::nullopt;
  place->path.emplace_back("second");
  return Value::Alias(*std::move(place)).Taint(found.values[0]);
}

// A range that is inserted may have no elements.
bool AddsElement(const Standard& standard) {
  const Callee& callee = *standard.call.link.callee;
  if (!callee.name.ends_with("::insert")) return true;
  const std::vector<std::string>& types = callee.parameter_types;
  return standard.size() == 1 && !types.empty() && types[0] != "std::initializer_list";
}

// It is not known any more what is in the container. What is put there may be called.
Results LoseElements(const Standard& standard) {
  Value lost = Value::Unknown("a container whose elements change").Taint(standard.Self());
  const std::string& type = standard.call.link.callee->class_usr;
  const bool has_functions = type.find("@N@std@S@function>") != type.npos;
  Values functions;
  for (std::size_t i = 0; i < standard.size(); ++i) {
    const Value added = standard.Argument(i);
    standard.state.memory.Escape(added);
    // What is put there may be made of a reference, or be one.
    const std::size_t index = standard.call.first + i;
    const std::vector<bool>& can_change = standard.call.link.callee->can_change;
    const bool is_made = standard.call.node.kids[index].op == Op::kConstruct;
    if (is_made || (index < can_change.size() && can_change[index])) {
      standard.state.memory.Escape(standard.call.arguments[index]);
    }
    lost.Taint(added);
    const Place self = standard.interpreter.Allocate(standard.call.node);
    const Value called = has_functions ? standard.interpreter.AsFunction(added, self) : added;
    if (!(called == added)) standard.state.memory.Set(self.root, added);
    if (called.Is(Kind::kFunction) || AreFunctions(called)) functions.push_back(called);
  }
  // However often it is done, there is an element then.
  standard.SetSelf(AddsElement(standard) ? FilledContainer().Taint(lost) : lost);
  Results results;
  for (const Value& function : functions) {
    Append(results, standard.interpreter.Invoke(function, {}, standard.state));
  }
  Append(results, standard.Give(lost));
  for (Result& result : results) {
    if (result.completion == Completion::kValue) result.value = lost;
  }
  return standard.interpreter.Join(std::move(results));
}

}  // namespace

Results MakeContainer(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::List({}));
  return standard.Give(standard.Argument(0));
}

// Of elements that are written in the source, or of none.
Results MakeSequence(const Standard& standard) {
  if (standard.size() == 0) return standard.Give(Value::List({}));
  const Value elements = standard.Argument(0);
  if (standard.size() == 1 && elements.Is(Kind::kList)) return standard.Give(elements);
  for (const Value& argument : standard.call.arguments) standard.state.memory.Escape(argument);
  return standard.GiveFromAll(Value::Unknown("a container"));
}

// … in an order of its own.
Results MakeAdaptor(const Standard& standard) {
  Results results = MakeSequence(standard);
  Value& made = results.front().value;
  const bool is_filled = made.Is(Kind::kList) && !made.elements().empty();
  if (is_filled) {
    results.front().state.memory.Escape(made);
    made = FilledContainer().Taint(made);
  }
  return results;
}

Results Clear(const Standard& standard) {
  standard.SetSelf(Value::List({}));
  return standard.Give(Value::Unknown("nothing"));
}

Results AddElement(const Standard& standard) {
  if (auto added = AddOwned(standard)) return *std::move(added);
  return LoseElements(standard);
}

// at(): of a key that is not there it throws.
Results MapAt(const Standard& standard) {
  const Found found = Find(standard.Self(), standard.Argument(0));
  if (!found.is_followed) {
    const Value given = Value(standard.Argument(0)).Taint(standard.Self());
    return standard.GiveOrThrow(Value::Unknown("an element").Taint(given), "std::out_of_range",
                                given);
  }
  if (auto second = SecondOf(standard, found)) return standard.Give(*std::move(second));
  Results results;
  if (found.may_miss) {
    Value thrown = Value::Of(Object{.type = "std::out_of_range", .fields = {}});
    thrown.Taint(standard.Argument(0));
    results.push_back({standard.state, Completion::kThrow, std::move(thrown)});
  }
  Values seconds;
  for (const Value& pair : found.values) seconds.push_back(Second(pair));
  const Value& map = standard.call.arguments[0];
  Value second = Value::Choice(seconds);
  if (map.Is(Kind::kAlias) && !second.Is(Kind::kFunction) && !AreFunctions(second)) {
    Place place = standard.state.memory.Resolve(map.place());
    place.path.insert(place.path.end(), {kAnyElement, "second"});
    second = Value::Alias(std::move(place)).Taint(second);
  }
  if (!seconds.empty()) Append(results, standard.Give(std::move(second)));
  return results;
}

// operator[]: what is read of it may be changed; the functions of a table are not.
Results MapElement(const Standard& standard) {
  const Value map = standard.Self();
  const Found found = Find(map, standard.Argument(0));
  if (auto second = SecondOf(standard, found)) return standard.Give(*std::move(second));
  Values seconds;
  bool are_functions = true;
  for (const Value& pair : found.values) {
    seconds.push_back(Second(pair));
    are_functions = are_functions && seconds.back().Is(Kind::kFunction);
  }
  if (!are_functions || seconds.empty()) {
    standard.SetSelf(FilledContainer().Taint(map));
    standard.state.memory.Escape(standard.call.arguments[0]);
  }
  if (found.may_miss) seconds.push_back(Value::Unknown("a new element"));
  return standard.Give(Value::Choice(seconds).Taint(map));
}

// (key, function) or a pair of them; after others it is not known what is in it.
Results MapInsert(const Standard& standard) {
  const Value map = standard.Self();
  Value pair = standard.size() > 0 ? standard.Argument(0) : Value();
  if (standard.size() == 2) {
    pair = Value::Of(Fields({{"first", pair}, {"second", standard.Argument(1)}}));
  }
  const Value* key = Field(pair, "first");
  const Value* function = Field(pair, "second");
  const bool is_followed =
      map.Is(Kind::kList) && key != nullptr && function != nullptr && function->Is(Kind::kFunction);
  if (!is_followed) return LoseElements(standard);
  standard.SetSelf(Value::List(WithElement(map.elements(), *key, *function)));
  return standard.GiveFromAll(Value::Unknown("an iterator"));
}

// Of functions only: how often a loop adds others is not known. A thread begins.
Results PushBack(const Standard& standard) {
  const std::string& type = standard.call.link.callee->class_usr;
  if (type.find("@N@std@S@thread#") != type.npos || type.find("@N@std@S@jthread#") != type.npos) {
    const Value added = standard.size() > 0 ? standard.Argument(0) : Value();
    if (added.Is(Kind::kFunction)) return RunThread(standard);
  }
  if (auto added = AddOwned(standard)) return *std::move(added);
  const Value list = standard.Self();
  const bool has_functions = type.find("@S@vector>#$@N@std@S@function>") != type.npos;
  // One without elements is a list or an empty text.
  const bool is_empty = list.IsCompleteString() && list.text().empty();
  const Value added = standard.size() == 1 ? standard.Argument(0) : Value();
  const bool is_followed = has_functions && (is_empty || list.Is(Kind::kList));
  if (!is_followed || !added.Is(Kind::kFunction)) return LoseElements(standard);
  Values elements = is_empty ? Values() : list.elements();
  elements.push_back(added);
  standard.SetSelf(Value::List(std::move(elements)));
  return standard.GiveFromAll(Value::Unknown("an element"));
}

// An iterator is the pair, held; the end is null.
Results MapFind(const Standard& standard) {
  const Found found = Find(standard.Self(), standard.Argument(0));
  if (!found.is_followed) return standard.GiveFromAll(Value::Unknown("an iterator"));
  Values iterators;
  if (found.may_miss) iterators.push_back(Value::Null());
  const auto place = PlaceOf(standard, found);
  for (const Value& pair : found.values) {
    const Value held = place ? Value::Alias(*place) : pair;
    iterators.push_back(Value::Of(Fields({{kHas, Value::Int(1)}, {kHeld, held}})).Taint(pair));
  }
  return standard.Give(Value::Choice(iterators).Taint(standard.Argument(0)));
}

Results MapCount(const Standard& standard) {
  const Found found = Find(standard.Self(), standard.Argument(0));
  Value count = Value::Unknown("whether it is there");
  if (found.is_followed && found.values.empty()) count = Value::Int(0);
  if (found.is_followed && !found.may_miss && found.values.size() == 1) count = Value::Int(1);
  return standard.GiveFromAll(std::move(count));
}

Results MapEnd(const Standard& standard) {
  return standard.Give(standard.Self().Is(Kind::kList) ? Value::Null()
                                                       : Value::Unknown("an iterator"));
}

Results FollowIterator(const Standard& standard) {
  const Value self = standard.Self();
  if (self.Is(Kind::kUnknown)) return standard.GiveFromAll(Value::Unknown("an element"));
  const Value held = Held(self);
  const bool is_arrow = standard.call.link.callee->name.ends_with("->");
  if (is_arrow && held.Is(Kind::kAlias)) return standard.Give(Value::Pointer(held.place()));
  return standard.Give(held);
}

namespace {

// An element as a part of what it is in; as a value, if that is no place.
Value Element(const Standard& standard, const Value& index) {
  Value list = standard.Self();
  const Value* array = Field(list, "_M_elems");
  if (array != nullptr) list = Value(*array);
  const Value& where = standard.call.arguments[0];
  if (!where.Is(Kind::kAlias)) return ElementOf(list, index);
  Place place = standard.state.memory.Resolve(where.place());
  if (array != nullptr) place.path.emplace_back("_M_elems");
  place.path.push_back(index.Is(Kind::kInt) ? ElementPart(index.number()) : kAnyElement);
  return Value::Alias(std::move(place)).Taint(list).Taint(index);
}

}  // namespace

// at(): beyond the end it throws. An array may have more elements than its list.
Results At(const Standard& standard) {
  const Value self = standard.Self();
  const Value* array = Field(self, "_M_elems");
  const Value& list = array != nullptr ? *array : self;
  const Value index = standard.Argument(0);
  const Value given = Value(index).Taint(list);
  const bool is_empty = list.IsCompleteString() && list.text().empty();
  const bool is_followed = (list.Is(Kind::kList) || is_empty) && index.Is(Kind::kInt);
  const std::size_t size = list.Is(Kind::kList) ? list.elements().size() : 0;
  const bool is_in =
      is_followed && index.number() >= 0 && static_cast<std::size_t>(index.number()) < size;
  Value element = Element(standard, index);
  if (is_in) return standard.Give(std::move(element));
  if (is_followed && array == nullptr) return standard.Throw("std::out_of_range", given);
  return standard.GiveOrThrow(std::move(element), "std::out_of_range", given);
}

// operator[] of what is counted.
Results ElementAt(const Standard& standard) {
  return standard.Give(Element(standard, standard.Argument(0)));
}

}  // namespace filibuster::standard

namespace filibuster {

Value FilledContainer() {
  return Value::Of(standard::Fields({{kFilled, Value::Int(1)}}));
}

Values WithElement(Values pairs, const Value& key, const Value& element) {
  const auto is_meant = [&](const Value& pair) {
    const Value* first = standard::Field(pair, "first");
    return first != nullptr && AsCondition(Compute("==", key, *first)) == Truth::kTrue;
  };
  std::erase_if(pairs, is_meant);
  pairs.push_back(Value::Of(standard::Fields({{"first", key}, {"second", element}})));
  return pairs;
}

}  // namespace filibuster
