using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Response.Tests.Storage;

public sealed class SqliteCaseStoreTests() : CaseStoreConformance(new SqliteSite());

public sealed class SqliteFencedCommitTests() : FencedCommitConformance(new SqliteSite());

public sealed class SqliteOutgoingChangesTests() : OutgoingChangesConformance(new SqliteSite());

public sealed class SqliteTriageTests() : TriageConformance(new SqliteSite());

public sealed class SqliteAlertQueryTests(ITestOutputHelper output) : AlertQueryConformance(new SqliteSite(), output);

public sealed class SqliteIncidentWorkTests(ITestOutputHelper output) : IncidentWorkConformance(new SqliteSite(), output);

public sealed class SqliteFileErasureTests() : FileErasureConformance(new SqliteSite());

public sealed class SqliteUpgradeTests() : UpgradeConformance(new SqliteSite(), new SqliteSite());
