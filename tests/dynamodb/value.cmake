offstage_test(NAME dynamodb_value
  SOURCES
    value_attribute_json_test.cc
    value_fuzz_test.cc
    value_item_size_test.cc
    value_key_encoding_test.cc
    value_number_test.cc
    value_vectors_test.cc
  DEPS dynamodb
  VECTORS dynamodb_value)
