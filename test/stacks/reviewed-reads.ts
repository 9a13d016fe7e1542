/**
 * Actions that ReadOnlyAccess grants, that sound like secrets or data, and that were looked at and left to the
 * readonly role: their answers are names, states, schedules, metrics and settings, or the data of one's own request.
 * By service; looked at with the IAM data of 2026-09-26. What is new shows in access-drift.test.ts.
 */
export const reviewedReads: Readonly<Record<string, string>> = {
  aiops: 'GetEphemeralInvestigationResults',
  aoss: 'BatchGetCollection BatchGetCollectionGroup BatchGetLifecyclePolicy BatchGetVpcEndpoint',
  appfabric: 'GetAppAuthorization ListAppAuthorizations',
  appflow: 'DescribeFlowExecutionRecords',
  'application-signals': 'BatchGetServiceLevelObjectiveBudgetReport',
  appstream: 'DescribeImageBuilders DescribeImagePermissions DescribeImages ListExportImageTasks',
  aps: 'DescribeQueryLoggingConfiguration QueryMetrics',
  athena:
    'BatchGetNamedQuery BatchGetPreparedStatement BatchGetQueryExecution GetNamedQuery GetQueryExecution GetQueryExecutions GetQueryRuntimeStatistics ListQueryExecutions',
  backup:
    'DescribeScanJob GetBackupPlanFromTemplate GetBackupSelection GetPITRMalwareScanResults GetRestoreTestingSelection ListBackupPlanTemplates ListBackupSelections ListRestoreTestingSelections ListScanJobSummaries ListScanJobs',
  'bedrock-agentcore':
    'GetApiKeyCredentialProvider GetCodeInterpreter GetCodeInterpreterSession GetMemory GetOauth2CredentialProvider GetTokenVault ListApiKeyCredentialProviders ListCodeInterpreterSessions ListCodeInterpreters ListOauth2CredentialProviders',
  billing: 'GetSellerOfRecord',
  ce: 'GetApproximateUsageRecords',
  chime: 'GetChannelMessageStatus ListVoiceConnectorTerminationCredentials RetrieveDataExports',
  cleanrooms:
    'BatchGetCollaborationAnalysisTemplate BatchGetSchema BatchGetSchemaAnalysisRule GetAnalysisTemplate GetCollaborationAnalysisTemplate GetCollaborationPrivacyBudgetTemplate GetPrivacyBudgetTemplate ListAnalysisTemplates ListCollaborationAnalysisTemplates ListCollaborationPrivacyBudgetTemplates ListPrivacyBudgetTemplates',
  'cleanrooms-ml': 'ListAudienceExportJobs',
  clouddirectory: 'GetObjectAttributes GetObjectInformation',
  cloudformation:
    'DescribeGeneratedTemplate DescribeResourceScan EstimateTemplateCost GetHookResult GetTemplateSummary ListAllHookResults ListExports ListGeneratedTemplates ListHookResults ListResourceScanRelatedResources ListResourceScanResources ListResourceScans ListStackSetOperationResults ValidateTemplate',
  cloudfront: 'GetKeyGroup GetKeyGroupConfig',
  cloudtrail: 'DescribeQuery GetEventSelectors GetInsightSelectors',
  cloudwatch:
    'GenerateQuery GenerateQueryResultsSummary GetMetricWidgetImage GetTelemetryQueryResults ListTelemetryQuerySessions',
  codebuild: 'DescribeCodeCoverages ListCuratedEnvironmentImages ListSourceCredentials',
  codecatalyst: 'GetBillingAuthorization',
  codecommit:
    'ListApprovalRuleTemplates ListAssociatedApprovalRuleTemplatesForRepository ListRepositoriesForApprovalRuleTemplate',
  codedeploy:
    'BatchGetApplicationRevisions BatchGetApplications BatchGetDeploymentGroups BatchGetDeploymentInstances BatchGetDeploymentTargets BatchGetDeployments BatchGetOnPremisesInstances ListGitHubAccountTokenNames',
  'codeguru-reviewer': 'DescribeCodeReview ListCodeReviews',
  comprehend:
    'ClassifyDocument DescribeDocumentClassificationJob DescribeDocumentClassifier DetectToxicContent ListDocumentClassificationJobs ListDocumentClassifierSummaries ListDocumentClassifiers',
  'compute-optimizer': 'DescribeRecommendationExportJobs',
  config:
    'DescribeAggregationAuthorizations DescribeConfigurationRecorderStatus DescribeConfigurationRecorders GetStoredQuery ListConfigurationRecorders',
  connect: 'GetCurrentUserData GetTaskTemplate ListTaskTemplates',
  datapipeline: 'QueryObjects',
  datasync: 'DescribeLocationAzureBlob',
  detective: 'BatchGetGraphMemberDatasources BatchGetMembershipDatasources',
  discovery: 'DescribeContinuousExports DescribeExportConfigurations DescribeExportTasks',
  dms: 'DescribeReplicationTaskAssessmentResults ListMetadataModelExports',
  drs: 'DescribeLaunchConfigurationTemplates DescribeReplicationConfigurationTemplates',
  ds: 'GetAuthorizedApplicationDetails ListAuthorizedApplications',
  dynamodb: 'DescribeExport ListExports',
  ec2: 'DescribeCapacityManagerDataExports DescribeClientVpnAuthorizationRules DescribeExportImageTasks DescribeExportTasks DescribeFastLaunchImages DescribeFpgaImageAttribute DescribeFpgaImages DescribeImageAttribute DescribeImageReferences DescribeImageUsageReportEntries DescribeImageUsageReports DescribeImages DescribeImportImageTasks DescribeInstanceImageMetadata DescribeIpamExternalResourceVerificationTokens DescribeLaunchTemplates DescribeStoreImageTasks GetAllowedImagesSettings GetFlowLogsIntegrationTemplate GetImageAncestry GetImageBlockPublicAccessState GetIpamRouteOriginAuthorizations GetNetworkInsightsAccessScopeContent GetSerialConsoleAccessStatus GetSnapshotBlockPublicAccessState ListImagesInRecycleBin',
  ecr: 'GetImageCopyStatus BatchGetRepositoryScanningConfiguration DescribeImageReplicationStatus DescribeImageScanFindings DescribeImageSigningStatus DescribeImages DescribeRepositoryCreationTemplates GetRegistryScanningConfiguration ListImages',
  'ecr-public': 'DescribeImageTags DescribeImages',
  elasticmapreduce: 'ViewEventsFromAllClustersInConsole',
  es: 'GetDirectQueryDataSource ListDirectQueryDataSources',
  evidently: 'GetExperimentResults',
  fis: 'GetExperimentTemplate ListExperimentTemplates',
  forecast:
    'DescribeExplainabilityExport DescribeForecastExportJob DescribePredictorBacktestExportJob DescribeWhatIfForecastExport ListExplainabilityExports ListForecastExportJobs ListPredictorBacktestExportJobs ListWhatIfForecastExports QueryForecast QueryWhatIfForecast',
  frauddetector: 'BatchGetVariable',
  gamelift: 'DescribeVpcPeeringAuthorizations',
  glue: 'BatchGetCrawlers BatchGetDevEndpoints BatchGetPartition BatchGetTableOptimizer BatchGetTriggers BatchGetWorkflows QuerySchemaVersionMetadata',
  guardduty: 'DescribeMalwareScans GetMalwareScan GetMalwareScanSettings ListMalwareScans',
  healthlake: 'DescribeFHIRExportJob ListFHIRExportJobs',
  iam: 'GenerateCredentialReport GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountPasswordPolicy GetCredentialReport GetRoleTemplateVersion ListAccessKeys ListServiceSpecificCredentials',
  'identitystore-auth': 'BatchGetSession',
  imagebuilder:
    'GetImage GetImagePipeline GetImagePolicy GetImageRecipe GetImageRecipePolicy ListImageBuildVersions ListImagePackages ListImagePipelineImages ListImagePipelines ListImageRecipes ListImageScanFindingAggregations ListImageScanFindings ListImages',
  inspector: 'DescribeAssessmentTemplates ListAssessmentTemplates',
  inspector2:
    'BatchGetAccountStatus BatchGetFreeTrialInfo BatchGetMemberEc2DeepInspectionStatus GetCisScanReport GetSbomExport ListCisScanConfigurations ListCisScans',
  iot: 'DescribeAuthorizer DescribeDefaultAuthorizer DescribeJobTemplate DescribeManagedJobTemplate DescribeProvisioningTemplate DescribeProvisioningTemplateVersion ListAuthorizers ListJobTemplates ListManagedJobTemplates ListNamedShadowsForThing ListProvisioningTemplateVersions ListProvisioningTemplates ListRetainedMessages ListSbomValidationResults',
  iotanalytics: 'ListDatasetContents',
  iotfleetwise:
    'GetDecoderManifest ListDecoderManifestNetworkInterfaces ListDecoderManifestSignals ListDecoderManifests',
  iotsitewise: 'DescribeDatasetExportJob DescribeQuery GetSearchResults ListDatasetExportJobs',
  iotwireless: 'ListQueuedMessages',
  ivs: 'BatchGetChannel GetEncoderConfiguration GetRecordingConfiguration ListEncoderConfigurations ListRecordingConfigurations ListStreamKeys',
  kafka: 'ListScramSecrets',
  kendra:
    'BatchGetDocumentStatus DescribeQuerySuggestionsBlockList DescribeQuerySuggestionsConfig GetQuerySuggestions ListQuerySuggestionsBlockLists',
  kinesisvideo: 'DescribeImageGenerationConfiguration',
  kms: 'GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus',
  lambda:
    'GetCodeSigningConfig GetMicrovmImage GetMicrovmImageBuild GetMicrovmImageVersion ListCodeSigningConfigs ListFunctionsByCodeSigningConfig ListManagedMicrovmImageVersions ListManagedMicrovmImages ListMicrovmImageBuilds ListMicrovmImageVersions ListMicrovmImages',
  lex: 'DescribeExport GetTestExecutionArtifactsUrl ListExports GetExport',
  'license-manager': 'ListTokens',
  lightsail: 'GetCloudFormationStackRecords GetContainerImages GetExportSnapshotRecords',
  logs: 'StopLiveTail DescribeConfigurationTemplates DescribeExportTasks DescribeQueryDefinitions GetScheduledQuery GetScheduledQueryHistory ListLogGroupsForQuery StopQuery',
  macie2:
    'BatchGetCustomDataIdentifiers GetClassificationExportConfiguration GetSensitivityInspectionTemplate ListResourceProfileArtifacts ListSensitivityInspectionTemplates',
  mediaconvert: 'GetJobTemplate ListJobTemplates',
  medialive:
    'GetCloudWatchAlarmTemplate GetCloudWatchAlarmTemplateGroup GetEventBridgeRuleTemplate GetEventBridgeRuleTemplateGroup ListCloudWatchAlarmTemplateGroups ListCloudWatchAlarmTemplates ListEventBridgeRuleTemplateGroups ListEventBridgeRuleTemplates',
  mgh: 'ListCreatedArtifacts',
  mgn: 'DescribeLaunchConfigurationTemplates DescribeReplicationConfigurationTemplates ListTemplateActions',
  mobiletargeting:
    'GetEmailTemplate GetExportJob GetExportJobs GetInAppMessages GetInAppTemplate GetPushTemplate GetSegmentExportJobs GetSmsTemplate GetVoiceTemplate ListTemplateVersions ListTemplates',
  nimble: 'GetStreamingImage ListStreamingImages',
  omics: 'GetReadSetExportJob ListReadSetExportJobs',
  one: 'GetDeviceConfigurationTemplate ListDeviceConfigurationTemplates',
  'payment-cryptography': 'GetKey',
  'pca-connector-ad':
    'GetTemplate GetTemplateGroupAccessControlEntry ListTemplateGroupAccessControlEntries ListTemplates',
  personalize: 'DescribeDatasetExportJob ListDatasetExportJobs',
  proton:
    'GetEnvironmentTemplate GetEnvironmentTemplateVersion GetServiceTemplate GetServiceTemplateVersion ListEnvironmentTemplates ListServiceTemplates',
  qbusiness: 'GetChatControlsConfiguration',
  qldb: 'DescribeJournalS3Export ListJournalS3Exports ListJournalS3ExportsForLedger',
  rds: 'DescribeExportTasks',
  redshift: 'DescribeQuery ViewQueriesFromConsole ViewQueriesInConsole DescribeEndpointAuthorization',
  rekognition: 'GetContentModeration',
  resiliencehub: 'DescribeAppVersionTemplate DescribeMetricsExport ListRecommendationTemplates',
  'resource-explorer-2': 'BatchGetView',
  'resource-groups': 'GetGroupQuery',
  robomaker:
    'DescribeWorldExportJob DescribeWorldTemplate GetWorldTemplateBody ListWorldExportJobs ListWorldTemplates',
  route53:
    'GetQueryLoggingConfig ListQueryLoggingConfigs ListResourceRecordSets ListVPCAssociationAuthorizations',
  'route53-recovery-readiness': 'ListCrossAccountAuthorizations',
  route53resolver:
    'GetResolverQueryLogConfig GetResolverQueryLogConfigAssociation GetResolverQueryLogConfigPolicy ListResolverQueryLogConfigAssociations ListResolverQueryLogConfigs',
  s3: 'GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionTagging',
  s3tables: 'GetTableRecordExpirationConfiguration GetTableRecordExpirationJobStatus',
  sagemaker:
    'DescribeAppImageConfig DescribeArtifact DescribeCodeRepository DescribeHubContent DescribeImage DescribeImageVersion DescribeModelCardExportJob ListAppImageConfigs ListArtifacts ListCodeRepositories ListHubContentVersions ListHubContents ListImageVersions ListImages ListModelCardExportJobs ListRecords',
  schemas: 'DescribeCodeBinding GetCodeBindingSource',
  sdb: 'GetExport ListExports',
  secretsmanager: 'DescribeSecret ListSecretVersionIds ListSecrets',
  securityhub:
    'BatchGetControlEvaluations GetAdhocInsightResults BatchGetAutomationRules BatchGetConfigurationPolicyAssociations BatchGetSecurityControls BatchGetStandardsControlAssociations GetInsightResults',
  servicecatalog:
    'DescribeProvisioningArtifact DescribeRecord ListProvisioningArtifacts ListProvisioningArtifactsForServiceAction ListRecordHistory ListServiceActionsForProvisioningArtifact ScanProvisionedProducts',
  servicequotas:
    'GetAssociationForServiceQuotaTemplate GetServiceQuotaIncreaseRequestFromTemplate ListServiceQuotaIncreaseRequestsInTemplate',
  ses: 'GetCustomVerificationEmailTemplate GetTemplate ListCustomVerificationEmailTemplates ListTemplates GetArchiveExport GetArchiveSearchResults ListArchiveExports BatchGetMetricData GetEmailTemplate GetExportJob GetMessageInsights ListEmailTemplates ListExportJobs',
  signin: 'ListTrustedIdentityPropagationApplicationsForConsole',
  snowball: 'ListCompatibleImages',
  sqs: 'ListMessageMoveTasks',
  ssm: 'DescribeDocument DescribeDocumentParameters DescribeDocumentPermission GetDocument ListDocumentMetadataHistory ListDocumentVersions ListDocuments',
  'ssm-incidents': 'GetIncidentRecord ListIncidentRecords',
  'ssm-sap': 'ListSubCheckResults ListSubCheckRuleResults',
  sso: 'DescribeTrustedTokenIssuer GetApplicationTemplate ListApplicationTemplates ListTrustedTokenIssuers',
  sts: 'GetAccessKeyInfo',
  support: 'DescribeTrustedAdvisorCheckResult',
  tnb: 'GetSolFunctionPackageContent GetSolNetworkPackageContent',
  transcribe: 'ListMedicalTranscriptionJobs ListTranscriptionJobs',
  transfer: 'ListFileTransferResults',
  verifiedpermissions: 'GetPolicyTemplate IsAuthorized IsAuthorizedWithToken ListPolicyTemplates',
  waf: 'GetChangeToken GetChangeTokenStatus',
  'waf-regional': 'GetChangeToken GetChangeTokenStatus',
  wafv2: 'ListAPIKeys ListSettlementRecords',
  wellarchitected:
    'ExportLens GetProfileTemplate GetReviewTemplate GetReviewTemplateAnswer GetReviewTemplateLensReview ListReviewTemplateAnswers ListReviewTemplates ListTemplateShares',
  workdocs: 'DescribeInstanceExports DescribeFolderContents',
  workmail: 'DescribeMailboxExportJob GetPersonalAccessTokenMetadata',
  workspaces:
    'DescribeCustomWorkspaceImageImport DescribeImageAssociations DescribeWorkspaceImagePermissions DescribeWorkspaceImages',
  xray: 'BatchGetTraceSummaryById',
}
