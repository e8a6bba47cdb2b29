set(DYNAMODB_STORE_SOURCES store/connection.cc store/index_rows.cc store/item_history.cc store/key.cc
  store/past_states.cc store/session.cc store/snapshot.cc
    store/store.cc store/table.cc store/write_queue.cc)
set(DYNAMODB_STORE_HEADERS store/connection.h store/index_rows.h store/item_history.h store/key.h
  store/past_states.h store/session.h store/snapshot.h
    store/store.h store/table.h store/write_queue.h)
