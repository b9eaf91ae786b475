using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

public sealed class PostgresCaseStoreTests(PostgresFixture fixture) : CaseStoreConformance(new PostgresSite(fixture.Server));

public sealed class PostgresFencedCommitTests(PostgresFixture fixture)
    : FencedCommitConformance(new PostgresSite(fixture.Server));

public sealed class PostgresOutgoingChangesTests(PostgresFixture fixture)
    : OutgoingChangesConformance(new PostgresSite(fixture.Server));

public sealed class PostgresTriageTests(PostgresFixture fixture) : TriageConformance(new PostgresSite(fixture.Server));

public sealed class PostgresAlertQueryTests(PostgresFixture fixture, ITestOutputHelper output)
    : AlertQueryConformance(new PostgresSite(fixture.Server), output);

public sealed class PostgresIncidentWorkTests(PostgresFixture fixture, ITestOutputHelper output)
    : IncidentWorkConformance(new PostgresSite(fixture.Server), output);

public sealed class PostgresUpgradeTests(PostgresFixture fixture)
    : UpgradeConformance(new PostgresSite(fixture.Server), new PostgresSite(fixture.Server));

public sealed class PostgresFileErasureTests(PostgresFixture fixture) : FileErasureConformance(new PostgresSite(fixture.Server));
