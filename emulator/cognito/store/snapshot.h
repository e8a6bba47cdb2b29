// StoreSnapshot: everything of a store at one moment, in memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cognito/crypto/rsa_key.h"
#include "cognito/store/records.h"
#include "sqlite/database.h"

namespace offstage::cognito {

// Made by Store::TakeSnapshot and used with that store, one call at a time.
struct StoreSnapshot {
  std::unique_ptr<sqlite::Database> database = {};
  std::map<std::string, PoolPtr, std::less<>> pools = {};
  std::map<std::string, ClientPtr, std::less<>> clients = {};
};

}  // namespace offstage::cognito
