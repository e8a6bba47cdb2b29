#include "dynamodb/operations.h"

#include <algorithm>
#include <array>

#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

#define OFFSTAGE_DYNAMODB_ROW(name) \
  Operation {                       \
#name, &name##Shape, &name      \
  }

const std::vector<Operation>& AllOperations() {
  static const std::vector<Operation> table = {
      OFFSTAGE_DYNAMODB_ROW(BatchExecuteStatement),
      OFFSTAGE_DYNAMODB_ROW(BatchGetItem),
      OFFSTAGE_DYNAMODB_ROW(BatchWriteItem),
      OFFSTAGE_DYNAMODB_ROW(CreateBackup),
      OFFSTAGE_DYNAMODB_ROW(CreateTable),
      OFFSTAGE_DYNAMODB_ROW(DeleteBackup),
      OFFSTAGE_DYNAMODB_ROW(DeleteItem),
      OFFSTAGE_DYNAMODB_ROW(DeleteResourcePolicy),
      OFFSTAGE_DYNAMODB_ROW(DeleteTable),
      OFFSTAGE_DYNAMODB_ROW(DescribeBackup),
      OFFSTAGE_DYNAMODB_ROW(DescribeContinuousBackups),
      OFFSTAGE_DYNAMODB_ROW(DescribeEndpoints),
      OFFSTAGE_DYNAMODB_ROW(DescribeLimits),
      OFFSTAGE_DYNAMODB_ROW(DescribeTable),
      OFFSTAGE_DYNAMODB_ROW(DescribeTimeToLive),
      OFFSTAGE_DYNAMODB_ROW(ExecuteStatement),
      OFFSTAGE_DYNAMODB_ROW(ExecuteTransaction),
      OFFSTAGE_DYNAMODB_ROW(GetItem),
      OFFSTAGE_DYNAMODB_ROW(GetResourcePolicy),
      OFFSTAGE_DYNAMODB_ROW(ListBackups),
      OFFSTAGE_DYNAMODB_ROW(ListTables),
      OFFSTAGE_DYNAMODB_ROW(ListTagsOfResource),
      OFFSTAGE_DYNAMODB_ROW(PutItem),
      OFFSTAGE_DYNAMODB_ROW(PutResourcePolicy),
      OFFSTAGE_DYNAMODB_ROW(Query),
      OFFSTAGE_DYNAMODB_ROW(RestoreTableFromBackup),
      OFFSTAGE_DYNAMODB_ROW(RestoreTableToPointInTime),
      OFFSTAGE_DYNAMODB_ROW(Scan),
      OFFSTAGE_DYNAMODB_ROW(TagResource),
      OFFSTAGE_DYNAMODB_ROW(TransactGetItems),
      OFFSTAGE_DYNAMODB_ROW(TransactWriteItems),
      OFFSTAGE_DYNAMODB_ROW(UntagResource),
      OFFSTAGE_DYNAMODB_ROW(UpdateContinuousBackups),
      OFFSTAGE_DYNAMODB_ROW(UpdateItem),
      OFFSTAGE_DYNAMODB_ROW(UpdateTable),
      OFFSTAGE_DYNAMODB_ROW(UpdateTimeToLive),
  };
  return table;
}

#undef OFFSTAGE_DYNAMODB_ROW

const Operation* FindOperation(std::string_view name) {
  const auto& table = AllOperations();
  const auto row = std::lower_bound(
      table.begin(), table.end(), name,
      [](const Operation& operation, std::string_view wanted) { return operation.name < wanted; });
  return row != table.end() && row->name == name ? &*row : nullptr;
}

bool IsKnownButNotEmulated(std::string_view name) {
  static constexpr std::array<std::string_view, 26> kNames = {"CancelBulkOperation",
                                                              "CreateGlobalTable",
                                                              "DescribeBulkOperation",
                                                              "DescribeContributorInsights",
                                                              "DescribeExport",
                                                              "DescribeGlobalTable",
                                                              "DescribeGlobalTableSettings",
                                                              "DescribeImport",
                                                              "DescribeKinesisStreamingDestination",
                                                              "DescribeTableReplicaAutoScaling",
                                                              "DisableKinesisStreamingDestination",
                                                              "EnableKinesisStreamingDestination",
                                                              "ExportTableToPointInTime",
                                                              "ImportTable",
                                                              "ListBulkOperations",
                                                              "ListContributorInsights",
                                                              "ListExports",
                                                              "ListGlobalTables",
                                                              "ListImports",
                                                              "SearchVectors",
                                                              "StartBulkPutItems",
                                                              "UpdateContributorInsights",
                                                              "UpdateGlobalTable",
                                                              "UpdateGlobalTableSettings",
                                                              "UpdateKinesisStreamingDestination",
                                                              "UpdateTableReplicaAutoScaling"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() &&
         FindOperation(name) == nullptr;
}

}  // namespace offstage::dynamodb
