using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Storage.Conformance;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Storage;

public sealed class SqliteIdentityStoreTests() : IdentityStoreConformance(new FileTables());

public sealed class SqliteComplianceStoreTests() : ComplianceStoreConformance(new FileTables());

public sealed class SqliteReadTrailTests() : ReadTrailConformance(new FileTables());

public sealed class SqliteAnswerStoreTests() : AnswerStoreConformance(new FileTables());

/// <summary>A folder is one process's: both of its users are the same there.</summary>
public sealed class FolderDocumentsTests : DocumentsConformance
{
    public FolderDocumentsTests() : this(new TemporaryFolder())
    {
    }

    private FolderDocumentsTests(TemporaryFolder folder) : this(folder, new FolderDocuments(folder.Path))
    {
    }

    private FolderDocumentsTests(TemporaryFolder folder, FolderDocuments one) : base(folder, () => one)
    {
    }
}
