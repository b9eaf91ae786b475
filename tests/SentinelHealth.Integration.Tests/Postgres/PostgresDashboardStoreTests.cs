using SentinelHealth.Dashboard.Backup;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Storage.Conformance;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests.Postgres;

public sealed class PostgresIdentityStoreTests(PostgresFixture fixture)
    : IdentityStoreConformance(new ServerTables(fixture.Server));

public sealed class PostgresComplianceStoreTests(PostgresFixture fixture)
    : ComplianceStoreConformance(new ServerTables(fixture.Server));

public sealed class PostgresReadTrailTests(PostgresFixture fixture) : ReadTrailConformance(new ServerTables(fixture.Server));

public sealed class PostgresAnswerStoreTests(PostgresFixture fixture) : AnswerStoreConformance(new ServerTables(fixture.Server));

public sealed class PostgresDocumentsTests : DocumentsConformance
{
    public PostgresDocumentsTests(PostgresFixture fixture) : this(new ServerTables(fixture.Server))
    {
    }

    private PostgresDocumentsTests(ServerTables tables) : base(tables, () => new StoredDocuments(tables.Open()))
    {
    }
}

/// <summary>What one process kept in its data folder goes on in a database that several share.</summary>
public sealed class PostgresMoveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _out = new();
    private readonly StorageSection _storage;

    public PostgresMoveTests(PostgresFixture fixture)
    {
        var options = fixture.Server.Options();
        _storage = new StorageSection
        {
            Engine = StorageEngineKind.Postgres,
            Postgres = new PostgresSection { ConnectionString = options.ConnectionString, SchemaPrefix = options.SchemaPrefix },
        };
    }

    public void Dispose()
    {
        _folder.Dispose();
        _out.Dispose();
    }

    private string OutOf(string name) => _out.File(name);

    [Fact]
    public void A_link_that_another_process_showed_first_keeps_nobodys_accounts_away()
    {
        using (var store = _storage.OpenIdentities(_folder.Path))
            store.SetSetupSecret("hash", DateTimeOffset.UnixEpoch.AddYears(200));
        Fixtures.Load("identity-version-2.sql", _folder.File(IdentityStore.FileName));

        using var shared = _storage.OpenIdentities(_folder.Path);

        Fixtures.AssertIdentities(shared);
    }

    [Fact]
    public void Files_of_the_data_folder_are_moved_once_and_whole()
    {
        Fixtures.Load("identity-version-2.sql", _folder.File(IdentityStore.FileName));
        Fixtures.Load("compliance-version-1.sql", _folder.File(ComplianceStore.FileName));
        Fixtures.Load("audit-reads-version-1.sql", _folder.File(ReadTrail.FileName));
        Fixtures.Load("answers-version-1.sql", _folder.File(AnswerStore.FileName));
        File.WriteAllText(_folder.File(RuleStageStore.FileName), "{}");
        Directory.CreateDirectory(_folder.File("keys"));
        File.WriteAllText(_folder.File("keys/key-1.xml"), "<key />");

        using (var store = _storage.OpenIdentities(_folder.Path))
            Fixtures.AssertIdentities(store);
        using (var store = _storage.OpenCompliance(_folder.Path))
            Fixtures.AssertRecords(store);
        using (var store = _storage.OpenReads(_folder.Path, ActTrail.None))
            Fixtures.AssertReads(store);
        using (var store = _storage.OpenAnswers(_folder.Path))
            Fixtures.AssertAnswers(store);
        using (var documents = _storage.OpenDocuments(_folder.Path))
            Assert.Equal(["keys/key-1.xml"], documents.Names("keys/"));

        Assert.False(File.Exists(_folder.File(IdentityStore.FileName)));
        Assert.True(File.Exists(_folder.File(IdentityStore.FileName) + ".moved"));
        Assert.False(File.Exists(_folder.File("keys/key-1.xml")));
        using var again = _storage.OpenIdentities(_folder.Path);
        Assert.Equal(2, again.Accounts().Count);
    }

    [Fact]
    public async Task A_backup_has_everything_that_is_shared_and_goes_into_another_database_or_folder()
    {
        Fixtures.Load("identity-version-2.sql", _folder.File(IdentityStore.FileName));
        Fixtures.Load("compliance-version-1.sql", _folder.File(ComplianceStore.FileName));
        Fixtures.Load("audit-reads-version-1.sql", _folder.File(ReadTrail.FileName));
        File.WriteAllText(_folder.File(RuleStageStore.FileName), "{}");
        Directory.CreateDirectory(_folder.File("keys"));
        File.WriteAllText(_folder.File("keys/key-1.xml"), "<key />");
        foreach (var store in DashboardStore.All)
            _storage.Open(store, _folder.Path).Dispose();
        _storage.OpenDocuments(_folder.Path).Dispose();
        using (var cases = _storage.OpenCases(_folder.Path))
        {
            foreach (var (name, withKeys) in new[] { ("backup", true), ("bare", false) })
                await new DataBackup(cases, _storage, (_folder.Path, Directory.CreateDirectory(OutOf(name)).FullName), withKeys)
                    .RunAsync(TimeProvider.System, CancellationToken.None);
        }
        Assert.Equal(["keys/key-1.xml"], BackupManifest.Read(OutOf("bare")).KeysLeftOut);

        var elsewhere = _storage with { Postgres = _storage.Postgres with { SchemaPrefix = _storage.Postgres.SchemaPrefix + "b" } };
        await DataRestore.RunAsync(OutOf("backup"), OutOf("shared"), elsewhere, CancellationToken.None);
        await DataRestore.RunAsync(OutOf("backup"), OutOf("alone"), new StorageSection(), CancellationToken.None);

        foreach (var (storage, data) in new[] { (elsewhere, OutOf("shared")), (new StorageSection(), OutOf("alone")) })
        {
            using (var store = storage.OpenIdentities(data))
                Fixtures.AssertIdentities(store);
            using (var store = storage.OpenCompliance(data))
                Fixtures.AssertRecords(store);
            using (var store = storage.OpenReads(data, ActTrail.None))
                Fixtures.AssertReads(store);
            using var documents = storage.OpenDocuments(data);
            Assert.Equal(["keys/key-1.xml"], documents.Names("keys/"));
            Assert.Equal("{}"u8.ToArray(), documents.Read(RuleStageStore.FileName));
        }
        Assert.False(File.Exists(Path.Combine(OutOf("shared"), IdentityStore.FileName)));
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => DataRestore.RunAsync(OutOf("backup"), OutOf("third"), elsewhere, CancellationToken.None));
        Assert.Contains("not empty", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_in_both_places_are_not_mixed_and_not_hidden()
    {
        using (var store = _storage.OpenCompliance(_folder.Path))
            store.Ran("clock", DateTimeOffset.UnixEpoch);
        Fixtures.Load("compliance-version-1.sql", _folder.File(ComplianceStore.FileName));

        var refusal = Assert.Throws<InvalidDataException>(() => _storage.OpenCompliance(_folder.Path));

        Assert.Contains(ComplianceStore.FileName, refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File(ComplianceStore.FileName)));
    }

    [Fact]
    public void Accounts_that_somebody_made_in_the_folder_since_stay_there_and_those_of_the_database_count()
    {
        using (var store = _storage.OpenIdentities(_folder.Path))
            Assert.True(store.TryAddAccount(new Account("root", "hash", Roles.Administrator, "stamp"), DateTimeOffset.UnixEpoch));
        Fixtures.Load("identity-version-2.sql", _folder.File(IdentityStore.FileName));

        using var shared = _storage.OpenIdentities(_folder.Path);

        Assert.Equal("root", Assert.Single(shared.Accounts()).Name);
        Assert.Equal([_folder.File(IdentityStore.FileName)], DataMove.LeftBehind(_folder.Path));
    }
}

/// <summary>What the doctor says about the database.</summary>
public sealed class PostgresDoctorTests(PostgresFixture fixture)
{
    [Fact]
    public async Task The_doctor_names_the_server_and_leaves_nothing_there()
    {
        var options = fixture.Server.Options();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(IdentityStore.FileName), "");

        var findings = await FindingsAsync(options.ConnectionString, options.SchemaPrefix, folder.Path);

        Assert.StartsWith("PostgreSQL 1", findings[0].Detail, StringComparison.Ordinal);
        Assert.True(findings[0].IsWell);
        Assert.Contains(IdentityStore.FileName, findings[1].Detail, StringComparison.Ordinal);
        Assert.Equal(0L, await fixture.Server.AskAsync(
            $"SELECT count(*) FROM pg_namespace WHERE nspname LIKE '{options.SchemaPrefix}\\_%'"));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=sentinel;Username=sentinel;Password=geheim;Timeout=2")]
    [InlineData("Hots=db;Password=geheim")]
    public async Task What_cannot_be_reached_is_a_problem_and_no_password_is_told(string connection)
    {
        using var folder = new TemporaryFolder();

        var finding = Assert.Single(await FindingsAsync(connection, "sentinel", folder.Path));

        Assert.False(finding.IsWell);
        Assert.Contains(PostgresOptions.Setting, finding.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", finding.Detail, StringComparison.Ordinal);
    }

    private static async Task<List<DoctorFinding>> FindingsAsync(string connection, string prefix, string folder)
    {
        var settings = new SentinelSettings
        {
            Storage = new StorageSection
            {
                Engine = StorageEngineKind.Postgres,
                Postgres = new PostgresSection { ConnectionString = connection, SchemaPrefix = prefix },
            },
        };
        var findings = await new Doctor(settings, TimeProvider.System).ExamineAsync(folder, CancellationToken.None);
        return [.. findings.Where(finding => finding.Subject == "database")];
    }
}
