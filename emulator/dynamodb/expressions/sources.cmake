# Read by ../CMakeLists.txt.
set(DYNAMODB_EXPRESSIONS_SOURCES
)
set(DYNAMODB_EXPRESSIONS_HEADERS
  expressions/condition.h
  expressions/expression_cache.h
  expressions/key_condition.h
  expressions/legacy.h
  expressions/path.h
  expressions/placeholders.h
  expressions/projection.h
  expressions/update.h)
