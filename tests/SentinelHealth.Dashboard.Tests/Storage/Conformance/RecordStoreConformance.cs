using System.Data.Common;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Tests.Storage.Conformance;

/// <summary>What the compliance store promises on any engine: what was recorded stays, whoever else records.</summary>
public abstract class ComplianceStoreConformance : IDisposable
{
    private const int Many = 8;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    private readonly StoreTables _tables;
    private readonly ComplianceStore _here;
    private readonly ComplianceStore _there;

    protected ComplianceStoreConformance(StoreTables tables)
    {
        _tables = tables;
        _here = new ComplianceStore(tables.Open());
        _there = new ComplianceStore(tables.Open());
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _tables.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Of_many_who_add_the_same_version_of_a_record_one_does()
    {
        var added = AtOnce.Run(Many, _here, _there, (store, _) => store.TryAdd(Case("inc-1", 1)));
        Assert.Single(added, true);
        Assert.True(_there.TryAdd(Case("inc-2", 1)));
        Assert.True(_there.TryAdd(Case("inc-1", 2)));

        Assert.Equal(2, _here.Case("inc-1").Version);
        Assert.Equal(0, _here.Case("inc-3").Version);
        // The latest changed first.
        Assert.Equal([("inc-1", 2), ("inc-2", 1)], _here.Cases().Select(one => (one.IncidentId, one.Version)));
    }

    [Fact]
    public void A_report_is_issued_once_for_each_content_and_signed_once_by_each_person()
    {
        AtOnce.Run(Many, _here, _there, (store, _) => store.Issue(Report("first"), "ann", Now).Version);
        var issued = Assert.Single(_here.Reports());
        var second = _there.Issue(Report("second"), "bo", Now.AddMinutes(1));
        var sign = new SignOff(issued.Id, 1, issued.Sha256, "Ann", Now, "Prepared");

        var answers = AtOnce.Run(Many, _here, _there, (store, _) => store.Sign(sign));

        Assert.Equal(2, second.Version);
        Assert.Single(answers, answer => answer is null);
        Assert.Equal("Ann", Assert.Single(_there.Report(issued.Id, 1)!.SignOffs).By);
        Assert.Empty(_there.Report(issued.Id)!.SignOffs);
        Assert.Null(_there.Report("unknown"));
        Assert.NotNull(_there.Sign(sign with { Version = 7 }));
        Assert.Equal([2, 1], _here.Reports().Select(one => one.Version));
    }

    [Fact]
    public void The_database_itself_refuses_to_change_or_remove_what_was_recorded()
    {
        Assert.True(_here.TryAdd(Case("inc-1", 1)));
        var issued = _here.Issue(Report("first"), "ann", Now);
        Assert.Null(_here.Sign(new SignOff(issued.Document.Id, 1, issued.Sha256, "Ann", Now, "Prepared")));

        using var engine = _tables.Open();
        foreach (var table in new[] { "case_version", "report", "sign_off" })
        {
            Refused(engine, $"UPDATE {table} SET version = 9");
            Refused(engine, $"DELETE FROM {table}");
            if (engine is PostgresEngine)
                Refused(engine, $"TRUNCATE {table}");
        }
        Assert.Equal(1, _there.Case("inc-1").Version);
        Assert.Single(_there.Report(issued.Document.Id)!.SignOffs);
    }

    [Fact]
    public void An_order_to_erase_waits_for_the_second_person_in_any_process()
    {
        _here.AskErasure("digest", "ann", Now);
        Assert.Equal("ann", _there.ErasureAskedBy("digest", Now));
        Assert.Null(_there.ErasureAskedBy("digest", Now.AddSeconds(1)));
        _there.AskErasure("digest", "bo", Now.AddSeconds(1));
        Assert.Equal("bo", _here.ErasureAskedBy("digest", Now.AddSeconds(1)));
        _here.ForgetErasure("digest");
        Assert.Null(_there.ErasureAskedBy("digest", Now));
    }

    [Fact]
    public void A_notice_is_told_once_and_a_job_remembers_when_it_ran()
    {
        var notice = new ClockNotice("inc-1", "gdpr", ClockWarning.HalfLeft, Now, "Half of the time is gone.");
        Assert.Single(AtOnce.Run(Many, _here, _there, (store, _) => store.TryAdd(notice)), true);
        Assert.True(_there.IsTold(notice));
        Assert.Equal(notice, Assert.Single(_there.Notices()));

        Assert.Null(_here.LastRun("retention"));
        _here.Ran("retention", Now);
        _there.Ran("retention", Now.AddDays(1));
        Assert.Equal(Now.AddDays(1), _here.LastRun("retention"));
    }

    private static void Refused(StoreEngine engine, string statement) =>
        Assert.ThrowsAny<DbException>(() => engine.Write(session => session.Execute(statement)));

    private static ComplianceCase Case(string incident, int version) => new() { IncidentId = incident, Version = version };

    private static ReportDocument Report(string title) => new()
    {
        Kind = "incident",
        Id = "incident/inc-1",
        Title = title,
        AsOf = Now,
        WrittenBy = "test",
        Sections = [],
    };
}

/// <summary>What the trail of readings promises on any engine.</summary>
public abstract class ReadTrailConformance : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    private readonly StoreTables _tables;
    private readonly ReadTrail _here;
    private readonly ReadTrail _there;

    protected ReadTrailConformance(StoreTables tables)
    {
        _tables = tables;
        _here = new ReadTrail(tables.Open());
        _there = new ReadTrail(tables.Open());
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _tables.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Readings_of_all_processes_stand_in_one_order_and_are_found_by_patient()
    {
        _here.Add(Reading("ann", 0, "p-1", "p-2"));
        _there.Add(Reading("bo", 1, "p-3"));
        _here.Add(Reading("ann\0", 2, "p-10", "p-1", "ä\"p-2"));

        Assert.Equal([3, 2, 1], _there.Older(long.MaxValue, 10).Select(read => (int)read.Number));
        Assert.Equal([1], _there.Older(2, 10).Select(read => (int)read.Number));
        Assert.Equal(2, _there.About(["p-1"], Now).Count);
        Assert.Equal(["p-1"], _there.About(["p-1"], Now)[0].Patients);
        Assert.Equal(Now.AddSeconds(2), Assert.Single(_there.About(["p-1"], Now.AddSeconds(1))).At);
        Assert.Single(_there.About(["ä\"p-2"], Now));
        Assert.Empty(_there.About(["p"], Now));
        Assert.Empty(_there.About([], Now));
        Assert.Equal(3, _there.About([.. Enumerable.Range(0, 250).Select(i => $"p-{i}")], Now).Count);
    }

    [Fact]
    public void The_database_itself_refuses_to_change_or_shorten_the_trail()
    {
        _here.Add(Reading("ann", 0, "p-1"));

        using var engine = _tables.Open();
        Assert.ThrowsAny<DbException>(() => engine.Write(session => session.Execute("UPDATE reads SET reader = 'nobody'")));
        Assert.ThrowsAny<DbException>(() => engine.Write(session => session.Execute("DELETE FROM reads")));
        if (engine is PostgresEngine)
            Assert.ThrowsAny<DbException>(() => engine.Write(session => session.Execute("TRUNCATE reads")));
        Assert.Equal("ann", Assert.Single(_there.Older(long.MaxValue, 10)).Reader);
    }

    [Fact]
    public void What_is_older_than_the_newest_five_million_may_go()
    {
        _here.Add(Reading("ann", 0, "p-1"));
        using (var engine = _tables.Open())
            engine.Write(session => session.Execute(
                "INSERT INTO reads (number, at_ms, reader, query, found, patients) VALUES (5000001, 0, 'bo', '', 0, '[]')"));

        using (var engine = _tables.Open())
            Assert.Equal(1, engine.Write(session => session.Execute("DELETE FROM reads WHERE number <= 1")));
        Assert.Equal("bo", Assert.Single(_there.Older(long.MaxValue, 10)).Reader);
    }

    private static AuditRead Reading(string reader, int seconds, params string[] patients) =>
        new(0, Now.AddSeconds(seconds), reader, "?patient=x", patients.Length, patients);
}
