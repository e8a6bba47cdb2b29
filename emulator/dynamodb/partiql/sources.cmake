# Read by ../CMakeLists.txt.
set(DYNAMODB_PARTIQL_SOURCES
  partiql/expression_parser.cc
  partiql/keywords.cc
  partiql/lexer.cc
  partiql/parser.cc
  partiql/set_clauses.cc
  partiql/values.cc
  partiql/where.cc)
set(DYNAMODB_PARTIQL_HEADERS
  partiql/expression_parser.h
  partiql/keywords.h
  partiql/lexer.h
  partiql/parser.h
  partiql/set_clauses.h
  partiql/syntax.h
  partiql/values.h
  partiql/where.h)
