using SentinelHealth.Testing.Evidence;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

public sealed class PostgresSharedVaultTests(PostgresFixture fixture) : SharedVaultConformance(new PostgresSite(fixture.Server));

public sealed class PostgresSharedEvidenceTests(PostgresFixture fixture)
    : SharedEvidenceConformance(new PostgresSite(fixture.Server));
