# Read by ../CMakeLists.txt.
set(DYNAMODB_VALUE_SOURCES
  value/attribute_value.cc)
set(DYNAMODB_VALUE_HEADERS
  value/attribute_json.h
  value/attribute_value.h
  value/item_size.h
  value/key_encoding.h
  value/number.h)
