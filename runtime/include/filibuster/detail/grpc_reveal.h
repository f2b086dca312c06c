// Name of a private member of gRPC's => a pointer to it. Part of filibuster/grpc.h.
//
// An explicit instantiation may name what is private:
//
//   struct SizeOf : Private<int, Box> { friend Member MemberOf(SizeOf); };
//   template struct Reveal<SizeOf, &Box::size_>;
//   box.*MemberOf(SizeOf())
#pragma once

namespace filibuster_grpc {

template <typename Type, typename Class>
struct Private {
  using Member = Type Class::*;
};

namespace {  // once in each file that includes this
template <typename Tag, typename Tag::Member kMember>
struct Reveal {
  friend typename Tag::Member MemberOf(Tag) { return kMember; }
};
}  // namespace

}  // namespace filibuster_grpc
