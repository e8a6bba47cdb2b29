// Snapshot: everything that a store's database holds at one moment, kept in memory, so that
// scenarios can each begin with the same data.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {

// Made by Store::TakeSnapshot; used by any number of Store::Restore calls of the same store, one at
// a time.
struct StoreSnapshot {
  // Never used twice by one store.
  std::uint64_t id = 0;
  std::unique_ptr<sqlite::Database> pages;
};

}  // namespace offstage::dynamodb
