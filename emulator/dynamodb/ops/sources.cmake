set(DYNAMODB_OPS_SOURCES
  errors.cc operations.cc service.cc
  ops/batch_get_item.cc ops/batch_write_item.cc ops/capacity.cc ops/create_table.cc ops/delete_item.cc
  ops/delete_table.cc ops/describe.cc ops/describe_table.cc ops/document.cc ops/engine.cc ops/get_item.cc
  ops/item_write.cc ops/keys.cc ops/list_tables.cc ops/members.cc ops/projection_member.cc ops/put_item.cc
  ops/query.cc ops/read_page.cc ops/scan.cc ops/shape.cc ops/table_definition.cc ops/update_item.cc
  ops/update_request.cc)
set(DYNAMODB_OPS_HEADERS
  errors.h operations.h
  ops/capacity.h ops/describe.h ops/document.h ops/engine.h ops/item_write.h ops/keys.h ops/members.h ops/ops.h
  ops/projection_member.h ops/read_page.h ops/shape.h ops/table_definition.h ops/update_request.h)
