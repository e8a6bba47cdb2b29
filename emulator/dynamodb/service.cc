#include "dynamodb/service.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/operations.h"
#include "dynamodb/ops/backup_items.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/table_definition.h"
#include "dynamodb/provisioned_capacity.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

Error ToError(const aws::ApiError& error) {
  return Error{error.explanation.empty() ? fmt::format("{}: {}", error.type, error.message)
                                         : error.explanation};
}

// A fact for logs and traces: the table of operations that have one.
void NoteTable(Node request, aws::CallFacts& facts) {
  if (const Node table = request["TableName"]; table.is_string()) {
    facts.attributes.emplace_back("table", std::string(table.text()));
  }
}

}  // namespace

Service::Service(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {
  if (engine_->options().modes.capacity == Modes::Capacity::kEnforced)
    capacity_ = std::make_unique<ProvisionedCapacity>(*engine_);
}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::Create(const Options& options) {
  OFFSTAGE_CHECK(options.clock != nullptr && options.ids != nullptr && options.log != nullptr,
                 "the service's options name a clock, an id source and a log");
  const bool in_memory = options.persistence == Persistence::kInMemory;
  OFFSTAGE_TRY(auto store, Store::Open({.path = in_memory ? std::string() : options.database_file,
                                        .read_lag = options.modes.read_lag}));
  auto engine = std::make_unique<Engine>(options, std::move(store));
  for (const TablePtr& table : engine->Tables()) {
    if (!table->definition.point_in_time_recovery) continue;
    if (auto forgotten = ForgetOldHistory(*engine, *table); !forgotten.ok())
      return Fail(ToError(forgotten.error()));
  }
  return std::unique_ptr<Service>(new Service(std::move(engine)));
}

std::string_view TableService::ErrorTypePrefix(std::string_view error_type) const {
  // Errors of the protocol are the framework's, all others the service's.
  if (error_type == "SerializationException" || error_type == "UnknownOperationException" ||
      error_type == "AccessDeniedException" || error_type == "UnrecognizedClientException") {
    return "com.amazon.coral.service#";
  }
  if (error_type == "ValidationException") return "com.amazon.coral.validate#";
  if (error_type == "ThrottlingException") return "com.amazon.coral.availability#";
  return "com.amazonaws.dynamodb.v20120810#";
}

namespace {

// Of an operation whose table is made and deleted over and over while it runs.
constexpr int kMostAttempts = 10;

aws::Outcome<std::string> RunOperation(Engine& engine, std::string_view name, std::string_view body,
                                       aws::CallFacts* facts) {
  const Operation* operation = FindOperation(name);
  if (operation == nullptr) {
    return Fail(IsKnownButNotEmulated(name) ? NotEmulated(name) : UnknownOperation());
  }
  const auto document = Document::Parse(body);
  if (document == nullptr) return Fail(SerializationError(""));
  const Node request = document->root();
  if (facts != nullptr) NoteTable(request, *facts);
  OFFSTAGE_TRY_VOID(CheckShape(operation->shape(), request));
  for (int attempt = 1;; ++attempt) {
    const std::uint64_t generation = engine.store().generation();
    auto outcome = operation->run(engine, request);
    if (outcome.ok() || outcome.error().status < 500 || attempt == kMostAttempts) return outcome;
    // A table or index that it has found may have gone before it was read: what the service would
    // say of that is what the operation says when it begins anew, once that change is complete.
    engine.store().LockCatalogue().unlock();
    if (generation == engine.store().generation()) return outcome;
  }
}

}  // namespace

aws::Outcome<std::string> Service::Execute(const aws::Call& call, aws::CallFacts& facts) {
  const auto run = [&](std::string_view body) {
    return RunOperation(*engine_, call.operation, body, &facts);
  };
  return capacity_ == nullptr ? run(call.body) : capacity_->Run(call.operation, call.body, run);
}

aws::Outcome<std::string> Service::Run(std::string_view operation, std::string_view request) {
  return RunOperation(*engine_, operation, request, nullptr);
}

std::vector<std::string> Service::OperationNames() {
  std::vector<std::string> names;
  for (const Operation& operation : AllOperations())
    names.emplace_back(operation.name);
  return names;
}

namespace {

bool SameKeys(const IndexDefinition& a, const IndexDefinition& b) {
  return a.name == b.name && a.key == b.key && a.projection == b.projection &&
         a.non_key_attributes == b.non_key_attributes;
}

// The existing table with the definition's changes; indexes that stay keep their ids.
Table Changed(Engine& engine, const Table& before, const TableDefinition& definition) {
  Table after = before;
  after.definition = definition;
  after.indexes.clear();
  const auto add = [&](const IndexDefinition& index, IndexScope scope) {
    const Index* old = before.FindIndex(index.name);
    const bool keeps = old != nullptr && old->scope == scope && SameKeys(old->definition, index);
    after.indexes.push_back({.id = keeps ? old->id : 0, .scope = scope, .definition = index});
  };
  for (const IndexDefinition& index : definition.global_indexes)
    add(index, IndexScope::kGlobal);
  for (const IndexDefinition& index : definition.local_indexes)
    add(index, IndexScope::kLocal);
  if (definition.billing == BillingMode::kPayPerRequest && before.on_demand_since_ms == 0) {
    after.on_demand_since_ms = engine.NowMillis();
  }
  if (definition.stream != StreamView::kOff && definition.stream != before.definition.stream) {
    after.stream_label = StreamLabel(engine.options().clock->Now());
  }
  if (definition.point_in_time_recovery && !before.definition.point_in_time_recovery)
    after.continuous_backups_since_ms = engine.NowMillis();
  return after;
}

bool SameLocalIndexes(const TableDefinition& a, const TableDefinition& b) {
  return std::equal(a.local_indexes.begin(), a.local_indexes.end(), b.local_indexes.begin(),
                    b.local_indexes.end(), SameKeys);
}

Result<std::optional<IndexKey>> FillIndex(const Index& index, std::string_view item) {
  return IndexKeyOfStored(index, item);
}

}  // namespace

Result<EnsureResult> Service::EnsureTable(const TableDefinition& definition) {
  Store& store = engine_->store();
  const auto lock = store.LockCatalogue();
  const TablePtr before = store.FindTable(definition.name);
  if (before == nullptr) {
    OFFSTAGE_TRY([[maybe_unused]] const TablePtr made,
                 store.CreateTable(MakeTable(*engine_, definition)));
    return EnsureResult::kCreated;
  }
  if (before->definition.key != definition.key) {
    return Fail(Error{fmt::format(
        "table {} exists with other key attributes than the template gives it, and its items "
        "would not fit; keep the old ones, or delete the table's data (offstage data reset)",
        definition.name)});
  }
  if (!SameLocalIndexes(before->definition, definition)) {
    return Fail(Error{fmt::format(
        "table {} exists with other local secondary indexes than the template gives it; "
        "AWS would replace the table: keep the old ones, or delete the table's data "
        "(offstage data reset)",
        definition.name)});
  }
  Table after = Changed(*engine_, *before, definition);
  if (TableToJson(after) == TableToJson(*before)) return EnsureResult::kUnchanged;
  OFFSTAGE_TRY([[maybe_unused]] const TablePtr updated,
               store.UpdateTable(std::move(after), FillIndex));
  return EnsureResult::kUpdated;
}

std::vector<StreamDescription> Service::Streams() const {
  std::vector<StreamDescription> out;
  for (const TablePtr& table : engine_->Tables()) {
    const TableDefinition& definition = table->definition;
    if (definition.stream == StreamView::kOff) continue;
    out.push_back(
        {.table = definition.name,
         .label = table->stream_label,
         .view_type = std::string(StreamViewName(definition.stream)),
         .partition_key = definition.key.partition[0].name,
         .sort_key = definition.key.sort.empty() ? std::string() : definition.key.sort[0].name});
  }
  return out;
}

std::string Service::StreamDatabase() const {
  return engine_->store().path();
}

Result<std::vector<std::string>> Service::TableNames() const {
  std::vector<std::string> names;
  for (const TablePtr& table : engine_->Tables())
    names.push_back(table->definition.name);
  return names;
}

Result<bool> Service::HasTable(std::string_view table) const {
  return engine_->store().FindTable(table) != nullptr;
}

namespace {

struct ImportedItem {
  NewItem item;
  ItemKey key;
};

aws::Outcome<ImportedItem> ParseImported(const Table& table, std::string_view text) {
  ImportedItem out;
  OFFSTAGE_TRY(Item item, ParseItem(text));
  out.item = MakeNewItem(std::move(item));
  if (static_cast<std::size_t>(out.item.size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size has exceeded the maximum allowed size"));
  }
  OFFSTAGE_TRY(out.key, KeyFromItem(table, out.item.item));
  OFFSTAGE_TRY_VOID(CheckIndexKeys(table, out.item.item));
  return out;
}

}  // namespace

Status Service::Import(std::string_view table, const std::vector<std::string>& items) {
  const TablePtr found = engine_->store().FindTable(table);
  if (found == nullptr) return Fail(Error{fmt::format("there is no table {}", table)});
  std::vector<ImportedItem> parsed;
  parsed.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto item = ParseImported(*found, items[i]);
    if (!item.ok()) {
      return Fail(Error{fmt::format("table {}, item {}: {}", table, i + 1, item.error().message)});
    }
    parsed.push_back(std::move(item).value());
  }
  auto written = engine_->store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(const TablePtr now, TableNow(*engine_, *found));
    for (const ImportedItem& item : parsed) {
      OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old, session.Find(*now, item.key));
      OFFSTAGE_TRY([[maybe_unused]] const ConsumedCapacity used,
                   WriteItem(*engine_, session,
                             {.table = *now, .key = item.key, .old = old, .new_item = &item.item}));
    }
    return Ok();
  });
  if (!written.ok()) return Fail(ToError(written.error()));
  // What a person puts in is there before anything runs.
  return engine_->store().EndLag();
}

Status Service::Export(std::string_view table,
                       const std::function<Status(std::string_view)>& callback) const {
  const TablePtr found = engine_->store().FindTable(table);
  if (found == nullptr) return Fail(Error{fmt::format("there is no table {}", table)});
  OFFSTAGE_TRY(Store::Reader reader, engine_->store().Read());
  const ScanRange everything;
  OFFSTAGE_TRY(Cursor cursor, reader->Scan(*found, nullptr, everything));
  while (true) {
    OFFSTAGE_TRY(const bool more, cursor.Next());
    if (!more) return Ok();
    OFFSTAGE_TRY_VOID(callback(cursor.text()));
  }
}

Status Service::Reset() {
  const auto lock = engine_->store().LockCatalogue();
  for (const TablePtr& table : engine_->Tables()) {
    OFFSTAGE_TRY_VOID(engine_->store().ClearTable(*table));
    if (!table->definition.point_in_time_recovery) continue;
    // What was there before cannot be restored any more.
    Table after = *table;
    after.continuous_backups_since_ms = engine_->NowMillis();
    OFFSTAGE_TRY([[maybe_unused]] const TablePtr updated,
                 engine_->store().UpdateTable(std::move(after), FillIndex));
  }
  return Ok();
}

namespace {

struct SavedStore : SavedTables {
  explicit SavedStore(StoreSnapshot taken) : snapshot(std::move(taken)) {}
  StoreSnapshot snapshot;
};

}  // namespace

Result<std::unique_ptr<SavedTables>> Service::Save() {
  OFFSTAGE_TRY(StoreSnapshot snapshot, engine_->store().TakeSnapshot());
  return std::unique_ptr<SavedTables>(std::make_unique<SavedStore>(std::move(snapshot)));
}

Status Service::Restore(const SavedTables& saved) {
  const auto* store = dynamic_cast<const SavedStore*>(&saved);
  OFFSTAGE_CHECK(store != nullptr, "only what Save has returned is restored");
  engine_->tokens().Clear();
  engine_->statement_tokens().Clear();
  return engine_->store().Restore(store->snapshot);
}

namespace {

constexpr std::int64_t kFiveYearsSeconds = 5LL * 365 * 24 * 3600;

// Values that are no number, or lie more than five years back, never expire:
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
bool IsExpired(const Table& table, std::string_view item, std::int64_t now) {
  const std::string_view text = FindStoredAttribute(item, table.definition.time_to_live_attribute);
  if (text.empty()) return false;
  const auto value = ParseAttributeValue(text);
  if (!value.ok() || !value->is_number()) return false;
  const double expiry = std::strtod(value->text().c_str(), nullptr);
  return expiry < static_cast<double>(now) &&
         expiry >= static_cast<double>(now - kFiveYearsSeconds);
}

// From one snapshot.
Result<std::vector<ItemKey>> ExpiredKeys(Engine& engine, const Table& table, std::int64_t now,
                                         const std::stop_token& stop) {
  std::vector<ItemKey> keys;
  OFFSTAGE_TRY(Store::Reader reader, engine.store().Read());
  const ScanRange everything;
  OFFSTAGE_TRY(Cursor cursor, reader->Scan(table, nullptr, everything));
  while (true) {
    OFFSTAGE_TRY(const bool more, cursor.Next());
    if (!more || stop.stop_requested()) return keys;
    if (IsExpired(table, cursor.text(), now)) keys.push_back(KeyOfStored(table, cursor.text()));
  }
}

// True when the item was there, and still expired.
aws::Outcome<bool> ExpireItem(Engine& engine, const Table& table, const ItemKey& key,
                              std::int64_t now) {
  bool expired = false;
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(const TablePtr current, TableNow(engine, table));
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old, session.Find(*current, key));
    // It may have been given more time since.
    if (!old || !IsExpired(*current, old->text, now)) return Ok();
    OFFSTAGE_TRY([[maybe_unused]] const ConsumedCapacity used,
                 WriteItem(engine, session,
                           {.table = *current,
                            .key = key,
                            .old = old,
                            .origin = ItemChange::Origin::kTimeToLive}));
    expired = true;
    return Ok();
  }));
  return expired;
}

}  // namespace

Result<std::int64_t> Service::ExpireItems(const std::stop_token& stop) {
  std::int64_t expired = 0;
  for (const TablePtr& table : engine_->Tables()) {
    if (table->definition.time_to_live_attribute.empty()) continue;
    const std::int64_t now = ToEpochSeconds(engine_->options().clock->Now());
    OFFSTAGE_TRY(const std::vector<ItemKey> keys, ExpiredKeys(*engine_, *table, now, stop));
    for (const ItemKey& key : keys) {
      if (stop.stop_requested()) return expired;
      const auto done = ExpireItem(*engine_, *table, key, now);
      // The table has gone meanwhile.
      if (!done.ok() && done.error().status < 500) break;
      if (!done.ok()) return Fail(ToError(done.error()));
      expired += *done ? 1 : 0;
    }
  }
  return expired;
}

}  // namespace offstage::dynamodb
