using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Storage.Conformance;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Storage;

/// <summary>Files that the program wrote before versions were kept in a table, as it left them, are taken further and lose nothing.</summary>
public sealed class StoreUpgradeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Accounts_of_version_2_go_on()
    {
        Fixtures.Load("identity-version-2.sql", _folder.File(IdentityStore.FileName));

        using (var store = new IdentityStore(_folder.Path))
            Fixtures.AssertIdentities(store);

        // A program of then looks at the file's own mark, and refuses what is marked higher than 2.
        Assert.Equal(3L, Ask(IdentityStore.FileName, "PRAGMA user_version"));
        Assert.Equal(ShapeOf(IdentityStore.FileName), ShapeOfNew(folder => new IdentityStore(folder)));
    }

    [Fact]
    public void Records_readings_and_answers_go_on()
    {
        Fixtures.Load("compliance-version-1.sql", _folder.File(ComplianceStore.FileName));
        Fixtures.Load("audit-reads-version-1.sql", _folder.File(ReadTrail.FileName));
        Fixtures.Load("answers-version-1.sql", _folder.File(AnswerStore.FileName));

        using (var records = new ComplianceStore(_folder.File(ComplianceStore.FileName)))
            Fixtures.AssertRecords(records);
        using (var reads = new ReadTrail(_folder.File(ReadTrail.FileName)))
            Fixtures.AssertReads(reads);
        using (var answers = new AnswerStore(_folder.Path))
            Fixtures.AssertAnswers(answers);

        Assert.Equal(ShapeOf(ComplianceStore.FileName),
            ShapeOfNew(folder => new ComplianceStore(Path.Combine(folder, ComplianceStore.FileName)), ComplianceStore.FileName));
        Assert.Equal(ShapeOf(ReadTrail.FileName),
            ShapeOfNew(folder => new ReadTrail(Path.Combine(folder, ReadTrail.FileName)), ReadTrail.FileName));
        Assert.Equal(ShapeOf(AnswerStore.FileName), ShapeOfNew(folder => new AnswerStore(folder), AnswerStore.FileName));
    }

    private static List<string> ShapeOfNew(Func<string, IDisposable> open, string file = IdentityStore.FileName)
    {
        using var folder = new TemporaryFolder();
        open(folder.Path).Dispose();
        return Shape(folder.File(file));
    }

    private List<string> ShapeOf(string file) => Shape(_folder.File(file));

    /// <summary>Every column, every index and every refusal.</summary>
    private static List<string> Shape(string path)
    {
        using var engine = new SqliteEngine(new SqliteFile(path));
        return engine.Read(session =>
        {
            using var command = session.Statement("""
                SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
                    FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                UNION ALL
                SELECT t.name || ' ' || i.seqno || ' ' || coalesce(i.name, '') || ' ' || i."desc"
                    FROM sqlite_master t, pragma_index_xinfo(t.name) i WHERE t.type = 'index'
                UNION ALL
                SELECT type || ' ' || name || ' ' || tbl_name FROM sqlite_master WHERE type = 'trigger'
                ORDER BY 1
                """);
            return command.Rows(row => row.GetString(0));
        });
    }

    private object? Ask(string file, string query)
    {
        using var engine = new SqliteEngine(new SqliteFile(_folder.File(file)));
        return engine.Read(session =>
        {
            using var command = session.Statement(query);
            return command.ExecuteScalar();
        });
    }
}
