# Read by ../CMakeLists.txt.
set(DYNAMODB_VALUE_SOURCES
  value/attribute_json.cc
  value/attribute_parser.cc
  value/attribute_value.cc
  value/item_size.cc
  value/json_reader.cc
  value/key_encoding.cc
  value/number.cc)
set(DYNAMODB_VALUE_HEADERS
  value/attribute_json.h
  value/attribute_parser.h
  value/attribute_value.h
  value/invalid.h
  value/item_size.h
  value/json_reader.h
  value/key_encoding.h
  value/number.h)
