offstage_test(NAME dynamodb_api SOURCES api_vectors_test.cc partiql_parser_test.cc DEPS dynamodb VECTORS dynamodb)
