// What the tables of the standard library's functions refer to.
#pragma once

#include <cstdint>

#include "analyzer/standard_library_internal.h"

namespace filibuster::standard {

Results MakeOptional(const Standard& standard);
Results MakeUnexpected(const Standard& standard);
Results HasValue(const Standard& standard);
Results UseHeld(const Standard& standard);
Results GetHeld(const Standard& standard);
Results ValueOr(const Standard& standard);
Results GetError(const Standard& standard);
Results Reset(const Standard& standard);
Results Emplace(const Standard& standard);
Results AndThen(const Standard& standard);
Results Transform(const Standard& standard);
Results OrElse(const Standard& standard);
Results TransformError(const Standard& standard);
Results ErrorOr(const Standard& standard);
Results MakeUniquePointer(const Standard& standard);
Results MakeVector(const Standard& standard);
Results ResetOwner(const Standard& standard);
Results Release(const Standard& standard);
Results EmplaceOwned(const Standard& standard);
Results ClearOwned(const Standard& standard);
Results PopElement(const Standard& standard);
// Nothing: it is not followed.
std::optional<Results> AddOwned(const Standard& standard);
Results MakeWeakPointer(const Standard& standard);
Results LockPointer(const Standard& standard);
Results ClearText(const Standard& standard);
Results AssignText(const Standard& standard);
Results MakeSequence(const Standard& standard);
Results MakeAdaptor(const Standard& standard);
Results AddElement(const Standard& standard);
Results Clear(const Standard& standard);
Results Exchange(const Standard& standard);
Results Swap(const Standard& standard);
Results ClearError(const Standard& standard);
Results RethrowNested(const Standard& standard);
Results NestedPointer(const Standard& standard);
Results WaitForFuture(const Standard& standard);
Results ThrowArgument(const Standard& standard);
Results ThrowWithNested(const Standard& standard);
Results MakeExceptionHolder(const Standard& standard);
Results MakeVariant(const Standard& standard);
Results HoldsAlternative(const Standard& standard);
Results GetIf(const Standard& standard);
Results GetAlternative(const Standard& standard);
Results GetElement(const Standard& standard);
Results MakeTuple(const Standard& standard);
Results ConstructTuple(const Standard& standard);
Results Tie(const Standard& standard);
Results PointerToSelf(const Standard& standard);
Results FirstArgument(const Standard& standard);
Results MakeFunction(const Standard& standard);
Results Itself(const Standard& standard);
Results Pointed(const Standard& standard);
Results MakeSharedPointer(const Standard& standard);
Results Referred(const Standard& standard);
Results Characters(const Standard& standard);
Results ErrorValue(const Standard& standard);
Results Bind(const Standard& standard);
Results Now(const Standard& standard);
Results AddDurations(const Standard& standard);
Results MakeString(const Standard& standard);
Results Append(const Standard& standard);
Results Sum(const Standard& standard);
Results IsEmpty(const Standard& standard);
Results SizeOf(const Standard& standard);
Results Store(const Standard& standard);
Results MakeAtomic(const Standard& standard);
Results ToString(const Standard& standard);
Results ToNumber(const Standard& standard);
Results ParseNumber(const Standard& standard);
Results Format(const Standard& standard);
Results Compare(const Standard& standard);
Results GetEnv(const Standard& standard);
Results RaiseSignal(const Standard& standard);
Results BindFront(const Standard& standard);
Results MakeTask(const Standard& standard);
Results MakePromise(const Standard& standard);
Results CallTask(const Standard& standard);
Results FutureOf(const Standard& standard);
Results SetPromised(const Standard& standard);
Results SetPromisedException(const Standard& standard);
Results MakeContainer(const Standard& standard);
Results MapAt(const Standard& standard);
Results MapElement(const Standard& standard);
Results MapInsert(const Standard& standard);
Results PushBack(const Standard& standard);
Results MapFind(const Standard& standard);
Results MapCount(const Standard& standard);
Results MapEnd(const Standard& standard);
Results FollowIterator(const Standard& standard);
Results ElementAt(const Standard& standard);
Results At(const Standard& standard);
Results RunAsync(const Standard& standard);
Results GetFuture(const Standard& standard);
Results RunThread(const Standard& standard);
Results CallNow(const Standard& standard);
Results CurrentException(const Standard& standard);
Results Uncaught(const Standard& standard);
Results MakeExceptionPointer(const Standard& standard);
Results Rethrow(const Standard& standard);
Results ConstructDuration(const Standard& standard);
Results Nothing(const Standard& standard);
Results MakePair(const Standard& standard);

// operator""s is of a duration, or of a string.
template <std::int64_t kNumerator, std::int64_t kDenominator>
Results Literal(const Standard& standard) {
  const Value value = standard.Argument(0);
  if (!value.Is(Kind::kInt)) return standard.Give(value);
  return standard.Give(MakeDuration(value.number(), kNumerator, kDenominator));
}

}  // namespace filibuster::standard
