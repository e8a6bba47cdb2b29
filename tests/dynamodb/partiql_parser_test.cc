// What the parser must survive whatever it is given; what it says is in
// fixtures/vectors/dynamodb/partiql_texts.json.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dynamodb/partiql/parser.h"

namespace offstage::dynamodb::partiql {
namespace {

std::string Repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += text;
  return out;
}

TEST(PartiqlParser, GivesUpOnDeepNesting) {
  for (const std::string_view open : {"(", "[", "<<", "NOT ", "- ", "{'a':", "size("}) {
    const std::string text = "SELECT * FROM t WHERE a = " + Repeated(open, 1000);
    EXPECT_FALSE(Parse(text).ok()) << open;
    EXPECT_FALSE(Parse("SELECT * FROM t WHERE " + Repeated(open, 1000)).ok()) << open;
  }
}

TEST(PartiqlParser, ReadsLongChains) {
  EXPECT_TRUE(Parse("SELECT * FROM t WHERE a = 1" + Repeated(" AND b = 2", 700)).ok());
  EXPECT_TRUE(Parse("SELECT * FROM t WHERE a = 1" + Repeated(" OR b = 2", 700)).ok());
  EXPECT_FALSE(Parse("UPDATE t SET a = 1" + Repeated(" + 1", 2000) + " WHERE a = 1").ok());
}

TEST(PartiqlParser, RefusesInvalidUtf8AndControlCharacters) {
  EXPECT_FALSE(Parse("SELECT * FROM t WHERE a = '\xff'").ok());
  EXPECT_FALSE(Parse(std::string("SELECT * FROM t\0", 16)).ok());
  EXPECT_FALSE(Parse("SELECT * FROM \x01").ok());
  EXPECT_FALSE(Parse("").ok());
}

TEST(PartiqlParser, CountsPositionsInCharacters) {
  const auto statement = Parse("SELECT * FROM t WHERE \"\xc3\xa9\xc3\xa9\" = 1 AND\n  f(x) = 2");
  ASSERT_TRUE(statement.ok()) << statement.error().message;
  const Expression& call = statement->select.where->parts[1].parts[0];
  EXPECT_EQ(ToText(call.position), "2:3:1");
}

TEST(PartiqlParser, NumbersParameters) {
  const auto statement = Parse("UPDATE t SET a = ?, b = [?, {'c': ?}] WHERE d = ? AND e = '?'");
  ASSERT_TRUE(statement.ok()) << statement.error().message;
  EXPECT_EQ(statement->parameters, 4U);
}

// Statements with random pieces cut out, doubled and mixed: any answer but a crash will do.
TEST(PartiqlParser, SurvivesRandomStatements) {
  const std::string pieces[] = {"SELECT ",
                                "* ",
                                "FROM ",
                                "t ",
                                "\"t\".\"i\" ",
                                "WHERE ",
                                "a.b[0] ",
                                "= ",
                                "'x' ",
                                "1e5 ",
                                "AND ",
                                "OR ",
                                "NOT ",
                                "IN ",
                                "[",
                                "] ",
                                "(",
                                ") ",
                                "<<",
                                ">> ",
                                "{",
                                "} ",
                                ": ",
                                ", ",
                                "? ",
                                "BETWEEN ",
                                "IS ",
                                "MISSING ",
                                "EXISTS(",
                                "INSERT INTO ",
                                "VALUE ",
                                "UPDATE ",
                                "SET ",
                                "REMOVE ",
                                "DELETE ",
                                "RETURNING ALL OLD * ",
                                "ORDER BY ",
                                "-- c\n",
                                "/* */ "};
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto length = random() % 24;
    for (std::size_t n = 0; n < length; ++n)
      text += pieces[random() % std::size(pieces)];
    (void)Parse(text);
  }
}

}  // namespace
}  // namespace offstage::dynamodb::partiql
