#include "analyzer/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/annotated_source.h"

namespace filibuster {

void PrintTo(const Position& position, std::ostream* out) {
  *out << position.line << ":" << position.column;
}

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The body of f as text.
std::string BodyOf(std::string_view code) {
  const AnnotatedSource source(code);
  const FunctionFacts* f = source.Function("f");
  if (f == nullptr) return "no function f";
  std::ostringstream text;
  text << f->body;
  return source.facts().parse_error + text.str();
}

std::vector<std::string> CalleesOf(std::string_view code) {
  const AnnotatedSource source(code);
  std::vector<std::string> names;
  for (const Callee& callee : source.facts().callees) names.push_back(callee.name);
  return names;
}

void ExpectThrows(std::string_view annotated) {
  const AnnotatedSource source(annotated);
  EXPECT_EQ(source.PositionsOf(Op::kThrow), source.points()) << annotated;
}

TEST(FactsTest, FindThrowsWhereverTheyStand) {
  ExpectThrows("void f() { ^throw 1; }");
  ExpectThrows("auto f = [] { ^throw 1; };");
  ExpectThrows("int f(bool b) { return b ? 1 : ^throw 2; }");
  ExpectThrows("struct S { int i; S() : i(^throw 1) {} };");
  ExpectThrows("struct S { void f() { ^throw 1; } };");
  ExpectThrows("namespace { void f() try { ^throw 1; } catch (...) { ^throw; } }");
  ExpectThrows("#define FAIL throw 1\nvoid f() {\n  ^FAIL;\n}");
  ExpectThrows("extern \"C\" void f() { ^throw 1; }");
}

TEST(FactsTest, FindNoThrowInCommentsStringsAndUnusedTemplates) {
  ExpectThrows("// throw 1;\nconst char* f() { return \"throw 1\"; }");
  ExpectThrows("#if 0\nvoid f() { throw 1; }\n#endif\n");
  ExpectThrows("template <typename T> void f() { throw T(); }");
}

TEST(FactsTest, LookIntoTheInstancesOfATemplate) {
  ExpectThrows("template <typename T> void g() { ^throw T(); }\nvoid f() { g<int>(); }");
  ExpectThrows(
      "template <bool b> void g() { if constexpr (b) { throw 1; } }\n"
      "void f() { g<false>(); }");
}

TEST(FactsTest, AGenericLambdaIsSeenAsItIsUsed) {
  EXPECT_EQ(BodyOf("void f() { auto g = [](auto x) { return x; }; g(1); }"),
            "(block (declare 1 g (lambda c:source.cc@29@F@f#@Sa@F@operator()<#I>#I#1)) "
            "(call (local 1) (int 1)))");
}

TEST(FactsTest, CalleesAreNamedWithoutTemplateArgumentsAndInlineNamespaces) {
  EXPECT_THAT(CalleesOf("namespace a { inline namespace b { template <typename T> struct C {\n"
                        "  void g(); }; } }\nvoid f(a::C<int>& c) { c.g(); }"),
              ElementsAre("a::C::g"));
  EXPECT_THAT(CalleesOf("namespace { struct S { explicit operator bool() const; }; }\n"
                        "bool f(S& s) { return s ? true : false; }"),
              ElementsAre("S::operator bool"));
  EXPECT_THAT(CalleesOf("template <typename T> struct S { S(T); };\nvoid f() { S<int> s(1); }"),
              ElementsAre("S::S"));
}

TEST(FactsTest, WhatACalleeMayChangeIsSaid) {
  const AnnotatedSource source(
      "struct S { void g(int&, const int&, int*, int); };\n"
      "void f(S& s, int i) { s.g(i, i, &i, i); }");
  ASSERT_EQ(source.facts().callees.size(), 1);
  EXPECT_THAT(source.facts().callees[0].can_change, ElementsAre(true, true, false, true, false));
}

TEST(FactsTest, ImplicitConversionsAndTemporariesAreLeftOut) {
  EXPECT_EQ(BodyOf("struct S { S(int); };\nvoid g(const S&);\nvoid f() { g(1); }"),
            "(block (call (construct : c:@S@S (int 1))))");
  EXPECT_EQ(BodyOf("struct S {};\nS g();\nS f() { S s = g(); return s; }"),
            "(block (declare 1 s (call)) (return (local 1)))");
}

TEST(FactsTest, EnumeratorsKeepTheirNames) {
  EXPECT_EQ(BodyOf("enum class E { kA, kB };\nE f() { return E::kB; }"),
            "(block (return (int 1 E::kB)))");
  EXPECT_EQ(BodyOf("namespace n { enum E { A, B }; }\nint f() { return n::B; }"),
            "(block (return (int 1 n::B)))");
}

TEST(FactsTest, ConstantsAreFolded) {
  EXPECT_EQ(BodyOf("constexpr int k = 500 + 3;\nint f() { return k; }"),
            "(block (return (int 503)))");
  EXPECT_EQ(BodyOf("int f() { return sizeof(char); }"), "(block (return (int 1)))");
  EXPECT_EQ(BodyOf("const int* f() { return 0; }"), "(block (return (null)))");
}

TEST(FactsTest, ConstantsOfMoreThan63BitsAreNotKnown) {
  const std::string unknown = "(unknown a number of more than 63 bits)";
  EXPECT_EQ(BodyOf("unsigned long f() { return 18446744073709551615ul; }"),
            "(block (return " + unknown + "))");
  EXPECT_EQ(BodyOf("const unsigned long npos = -1;\nunsigned long f() { return npos; }"),
            "(block (return " + unknown + "))");
  EXPECT_EQ(BodyOf("struct S { static constexpr unsigned long npos = -1; };\n"
                   "unsigned long f(S s) { return s.npos; }"),
            "(block (return " + unknown + "))");
  EXPECT_EQ(BodyOf("enum E : unsigned long { kAll = ~0ul };\nE f() { return kAll; }"),
            "(block (return (unknown kAll)))");
  EXPECT_EQ(BodyOf("int g(unsigned long n = -1ul);\nint f() { return g(9223372036854775807ul); }"),
            "(block (return (call (int 9223372036854775807))))");
}

TEST(FactsTest, PointersAreFollowedExplicitly) {
  EXPECT_EQ(BodyOf("struct S { int i; };\nint f(S* s, S& r) { return s->i + r.i; }"),
            "(block (return (binary + (field i : S::i (deref (local 1))) "
            "(field i : S::i (local 2)))))");
  EXPECT_EQ(BodyOf("struct D; struct B { virtual ~B(); };\nstruct D : B {};\n"
                   "bool f(B* b) { return dynamic_cast<D*>(b) != nullptr; }"),
            "(block (return (binary != (dynamic : c:@S@D (local 1)) (null))))");
}

TEST(FactsTest, DefaultArgumentsAreWrittenOut) {
  EXPECT_EQ(BodyOf("void g(int i, int j = 10);\nvoid f() { g(1); }"),
            "(block (call (int 1) (int 10)))");
}

TEST(FactsTest, ConditionsKeepWhatTheyDeclare) {
  EXPECT_EQ(
      BodyOf("int g();\nvoid f() { if (int i = g(); i > 1) g(); }"),
      "(block (block (declare 1 i (call)) (if (binary > (local 1) (int 1)) (call) (block))))");
  EXPECT_EQ(BodyOf("int g();\nvoid f() { while (int i = g()) g(); }"),
            "(block (loop while (block condition (declare 1 i (call)) (local 1)) (call) (block)))");
}

TEST(FactsTest, LabelsOfASwitchStandBeforeWhatTheyLabel) {
  EXPECT_EQ(BodyOf("int f(int i) { switch (i) { case 1: case 2: return 1; default: break; } "
                   "return 2; }"),
            "(block (switch (local 1) (block (case (int 1)) (case (int 2)) (return (int 1)) "
            "(default) (break))) (return (int 2)))");
}

TEST(FactsTest, JumpsAndLabelsKeepTheirNames) {
  EXPECT_EQ(BodyOf("int f(int i) { again: if (i > 1) goto again; return i; }"),
            "(block (label again (if (binary > (local 1) (int 1)) (goto again) (block))) "
            "(return (local 1)))");
}

TEST(FactsTest, MembersHaveTheValuesThatTheyAreDeclaredWith) {
  EXPECT_EQ(BodyOf("struct S { int i = 503; bool b; };\nvoid f() { S s; }"),
            "(block (declare 1 s (aggregate : c:@S@S (init i (int 503)))))");
}

TEST(FactsTest, CatchClausesNameWhatTheyTake) {
  EXPECT_EQ(BodyOf("namespace n { struct E {}; }\nvoid f() { try { } catch (const n::E& e) { } "
                   "catch (int) { } catch (...) { } }"),
            "(block (try (block) (catch : c:@N@n@S@E (block)) (catch value : int (block)) "
            "(catch (block))))");
}

TEST(FactsTest, CapturesSayHowTheyCapture) {
  EXPECT_EQ(BodyOf("void f(int a, int b) { auto g = [a, &b] { b = a; }; }"),
            "(block (declare 3 g (lambda c:source.cc@38@F@f#I#I#@Sa@F@operator()#1 "
            "(capture 1 copy (local 1)) (capture 2 ref (local 2)))))");
}

TEST(FactsTest, InheritedConstructorsPassTheirArgumentsOn) {
  const AnnotatedSource source(
      "struct B { B(int); };\nstruct D : B { using B::B; };\nvoid f() { throw D(3); }");
  const FunctionFacts* constructor = source.Function("D::B");
  if (constructor == nullptr) constructor = source.Function("D::D");
  ASSERT_NE(constructor, nullptr);
  ASSERT_EQ(constructor->inits.size(), 1);
  ASSERT_EQ(constructor->inits[0].kids[0].kids.size(), 1);
  EXPECT_EQ(constructor->inits[0].kids[0].kids[0].op, Op::kLocal);
}

TEST(FactsTest, ClassesNameTheirBases) {
  const AnnotatedSource source(
      "struct A {};\nstruct B : A {};\nstruct C : B {};\n"
      "void f() { throw C(); }");
  std::vector<std::string> names;
  for (const ClassFacts& record : source.facts().classes) {
    names.push_back(record.name);
    for (const std::string& base : record.bases) names.push_back("<" + base);
  }
  EXPECT_THAT(names, ElementsAre("A", "B", "<c:@S@A", "C", "<c:@S@B"));
}

TEST(FactsTest, OverridesAndNoexceptAreKept) {
  const AnnotatedSource source(
      "struct A { virtual int g() const; };\nstruct B : A { int g() const noexcept override "
      "{ return 1; } };\nvoid f() { B b; b.g(); }");
  const FunctionFacts* g = source.Function("B::g");
  ASSERT_NE(g, nullptr);
  EXPECT_THAT(g->overrides, ElementsAre("c:@S@A@F@g#1"));
  EXPECT_TRUE(g->is_noexcept);
}

TEST(FactsTest, CodeOfAModelledLibraryIsNotLookedInto) {
  const AnnotatedSource source(
      "namespace library { inline void g() { throw 1; } }\nvoid f() { library::g(); }");
  EXPECT_THAT(source.PositionsOf(Op::kThrow), IsEmpty());
  ASSERT_EQ(source.facts().callees.size(), 1);
  EXPECT_TRUE(source.facts().callees[0].is_system);
}

TEST(FactsTest, WhatDoesNotCompileIsKeptAsFarAsItGoes) {
  const AnnotatedSource source(
      "#include \"not_there.h\"\nint g(int);\nvoid f() { g(1); g(undeclared, g(2)); }");
  EXPECT_EQ(source.facts().parse_error, "'not_there.h' file not found");
  EXPECT_EQ(source.facts().parse_error_position.line, 1);
  EXPECT_EQ(source.PositionsOf(Op::kCall).size(), 2);
}

TEST(FactsTest, ANameThatClangTakesForAnotherIsNotKnown) {
  EXPECT_EQ(BodyOf("int status;\nvoid g(int);\nvoid f() { g(statuss); }"),
            "use of undeclared identifier 'statuss'; did you mean 'status'?"
            "(block (call (unknown code that does not compile)))");
}

TEST(FactsTest, OptionsOfAnotherCompilerDoNoHarm) {
  TempDir directory;
  const std::string file = std::filesystem::canonical(directory.path()) / "source.cc";
  ASSERT_TRUE(WriteFile(file, "void f() { throw 1; }\n"));
  const FileFacts facts =
      ExtractFile({.file = file,
                   .directory = directory.path(),
                   .arguments = {"/usr/bin/g++-12", "-fno-canonical-system-headers", "-fmodules-ts",
                                 "-Wno-not-known", "-Werror", "-mnot-known", "-MD", "-MF", "x.d",
                                 "-o", "x.o", "-c", file}},
                  {.directory = directory.path(), .library_namespaces = {}});
  EXPECT_EQ(facts.parse_error, "");
  EXPECT_EQ(facts.functions.size(), 1);
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "x.o"));
}

}  // namespace
}  // namespace filibuster
