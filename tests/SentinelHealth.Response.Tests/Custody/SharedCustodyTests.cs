using SentinelHealth.Testing.Evidence;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Response.Tests.Custody;

public sealed class SqliteSharedVaultTests() : SharedVaultConformance(new SqliteSite());

public sealed class SqliteSharedEvidenceTests() : SharedEvidenceConformance(new SqliteSite());
