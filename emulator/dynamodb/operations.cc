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
      OFFSTAGE_DYNAMODB_ROW(BatchGetItem),
      OFFSTAGE_DYNAMODB_ROW(BatchWriteItem),
      OFFSTAGE_DYNAMODB_ROW(CreateTable),
      OFFSTAGE_DYNAMODB_ROW(DeleteItem),
      OFFSTAGE_DYNAMODB_ROW(DeleteTable),
      OFFSTAGE_DYNAMODB_ROW(DescribeLimits),
      OFFSTAGE_DYNAMODB_ROW(DescribeTable),
      OFFSTAGE_DYNAMODB_ROW(DescribeTimeToLive),
      OFFSTAGE_DYNAMODB_ROW(GetItem),
      OFFSTAGE_DYNAMODB_ROW(ListTables),
      OFFSTAGE_DYNAMODB_ROW(ListTagsOfResource),
      OFFSTAGE_DYNAMODB_ROW(PutItem),
      OFFSTAGE_DYNAMODB_ROW(Query),
      OFFSTAGE_DYNAMODB_ROW(Scan),
      OFFSTAGE_DYNAMODB_ROW(TagResource),
      OFFSTAGE_DYNAMODB_ROW(TransactGetItems),
      OFFSTAGE_DYNAMODB_ROW(TransactWriteItems),
      OFFSTAGE_DYNAMODB_ROW(UntagResource),
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
  static constexpr std::array<std::string_view, 46> kNames = {"BatchExecuteStatement",
                                                              "CreateBackup",
                                                              "CreateGlobalTable",
                                                              "DeleteBackup",
                                                              "DeleteResourcePolicy",
                                                              "DescribeBackup",
                                                              "DescribeContinuousBackups",
                                                              "DescribeContributorInsights",
                                                              "DescribeEndpoints",
                                                              "DescribeExport",
                                                              "DescribeGlobalTable",
                                                              "DescribeGlobalTableSettings",
                                                              "DescribeImport",
                                                              "DescribeKinesisStreamingDestination",
                                                              "DescribeLimits",
                                                              "DescribeTableReplicaAutoScaling",
                                                              "DescribeTimeToLive",
                                                              "DisableKinesisStreamingDestination",
                                                              "EnableKinesisStreamingDestination",
                                                              "ExecuteStatement",
                                                              "ExecuteTransaction",
                                                              "ExportTableToPointInTime",
                                                              "GetResourcePolicy",
                                                              "ImportTable",
                                                              "ListBackups",
                                                              "ListContributorInsights",
                                                              "ListExports",
                                                              "ListGlobalTables",
                                                              "ListImports",
                                                              "ListTagsOfResource",
                                                              "PutResourcePolicy",
                                                              "RestoreTableFromBackup",
                                                              "RestoreTableToPointInTime",
                                                              "TagResource",
                                                              "TransactGetItems",
                                                              "TransactWriteItems",
                                                              "UntagResource",
                                                              "UpdateContinuousBackups",
                                                              "UpdateContributorInsights",
                                                              "UpdateGlobalTable",
                                                              "UpdateGlobalTableSettings",
                                                              "UpdateKinesisStreamingDestination",
                                                              "UpdateTable",
                                                              "UpdateTableReplicaAutoScaling",
                                                              "UpdateTimeToLive",
                                                              "VectorSearch"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() &&
         FindOperation(name) == nullptr;
}

}  // namespace offstage::dynamodb
