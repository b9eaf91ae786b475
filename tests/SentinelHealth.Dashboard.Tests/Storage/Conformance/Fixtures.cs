using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Tests.Storage.Conformance;

/// <summary>Stores as the program wrote them before they could be in PostgreSQL, and what must be read from them wherever they have come to.</summary>
internal static class Fixtures
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    public static void Load(string name, string path)
    {
        using var reader = new StreamReader(typeof(Fixtures).Assembly.GetManifestResourceStream(name)!);
        using var engine = new SqliteEngine(new SqliteFile(path));
        var statements = reader.ReadToEnd();
        engine.Write(session => session.Execute(statements));
    }

    public static void AssertIdentities(IdentityStore store)
    {
        var ann = store.FindAccount("ann")!;
        Assert.Equal((Roles.Administrator, 3, 58_700_000L), (ann.Role, ann.FailureCount, ann.TotpStep));
        Assert.Equal(At.AddMinutes(15), store.FindAccount("https://idp.example", "s-17")!.LockedUntil);
        Assert.Equal(["s-2", "s-1"], store.SessionsOf("ann").Select(session => session.Id));
        Assert.Equal(2, store.RecoveryCount("ann"));
        Assert.True(store.IsSetupSecret("h-setup", At.AddSeconds(-1)));
        Assert.Equal(["hospital-b"], store.FindInvitation("h-inv", At.AddSeconds(-1))!.Organizations);
        Assert.Equal("gateway", store.FindToken(new string('a', 43))!.Name);
        Assert.Equal([2, 1], store.Acts(long.MaxValue, 10).Select(act => (int)act.Number));
        store.AddAct(new AccountAct(0, At, "ann", "looked", "around", ""));
        Assert.Equal(3, store.Acts(long.MaxValue, 1)[0].Number);
    }

    public static void AssertRecords(ComplianceStore store)
    {
        Assert.Equal([("inc-1", 2), ("inc-2", 1)], store.Cases().Select(one => (one.IncidentId, one.Version)));
        Assert.Equal("ann", store.ErasureAskedBy("d-1", At));
        Assert.Equal(At, store.LastRun("clock"));
        Assert.Equal("Half", Assert.Single(store.Notices()).Text);
        Assert.True(store.TryAdd(new ComplianceCase { IncidentId = "inc-2", Version = 2 }));
        Assert.Equal("inc-2", store.Cases()[0].IncidentId);
    }

    public static void AssertReads(ReadTrail store)
    {
        Assert.Equal([2, 1], store.Older(long.MaxValue, 10).Select(read => (int)read.Number));
        Assert.Equal("ann", Assert.Single(store.About(["p-1"], At)).Reader);
        store.Add(new AuditRead(0, At, "ann", "", 0, []));
        Assert.Equal(3, store.Older(long.MaxValue, 1)[0].Number);
    }

    public static void AssertAnswers(AnswerStore store)
    {
        Assert.Equal([1, 2, 3], store.Take("ann", "k-1", "f-1", At)!.Answer!.Body);
        Assert.Null(store.Take("ann", "k-2", "f-2", At)!.Answer);
    }
}
