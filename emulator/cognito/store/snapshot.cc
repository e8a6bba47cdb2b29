#include "cognito/store/snapshot.h"

#include "cognito/store/store.h"

namespace offstage::cognito {

Result<std::unique_ptr<StoreSnapshot>> Store::TakeSnapshot() {
  auto snapshot = std::make_unique<StoreSnapshot>();
  OFFSTAGE_TRY(snapshot->database, sqlite::Database::Open({.path = ":memory:"}));
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(snapshot->database->CopyFrom(*database_));
  snapshot->pools = pools_;
  snapshot->clients = clients_;
  return snapshot;
}

// Keys of pools stay: they are costly to make, and who has a token of an earlier pool has no user.
Status Store::Restore(const StoreSnapshot& snapshot) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(database_->CopyFrom(*snapshot.database));
  pools_ = snapshot.pools;
  clients_ = snapshot.clients;
  return Ok();
}

}  // namespace offstage::cognito
