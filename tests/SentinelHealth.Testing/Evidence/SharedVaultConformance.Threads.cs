using System.Collections.Concurrent;
using System.Globalization;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Testing.Evidence;

/// <content>Threads of one process that meet an exchange of the master key, and what is never committed.</content>
public abstract partial class SharedVaultConformance
{
    [Fact]
    public void Looks_at_the_same_time_replace_a_key_as_one_after_another_would()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var key = first.KeysFor(["patient:1"])["patient:1"];
        for (var round = 0; round < 10; round++)
        {
            first.RotateMaster();
            Parallel.For(0, 4, _ => second.Look());
            Assert.Empty(first.Outstanding());
        }
        second.Dispose();
        using var again = Open("b");
        Assert.Equal(key.Key, again.Find(key.Id));
    }

    [Fact]
    public async Task Threads_that_meet_an_exchange_at_once_all_wrap_under_the_new_master_key()
    {
        const int rounds = 12, personsPerRound = 50, threads = 8;
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var before = second.KeysFor(["patient:0"])["patient:0"];
        var made = new ConcurrentDictionary<string, SubjectKey>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            var turn = round;
            first.RotateMaster();
            using var start = new Barrier(threads);
            var working = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Cancel);
                    var persons = Enumerable.Range(0, personsPerRound).Select(i => $"patient:{turn}-{thread}-{i}").ToArray();
                    Meet(second, before, thread % 4, persons, made);
                },
                Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            await Task.WhenAll(working);
        }
        second.Look();
        first.RotateMaster();
        second.Dispose();
        using var again = Open("b");

        Assert.Equal(rounds * personsPerRound * threads / 2, made.Count);
        Assert.All(made.Values, key => Assert.Equal(key.Key, again.Find(key.Id)));
        Assert.Equal(before.Key, first.Find(before.Id));
        Assert.True(Admitted("c", again).IsAdmitted);
    }

    [Fact]
    public void Nothing_is_committed_that_was_wrapped_under_a_key_that_the_vault_does_not_name()
    {
        using var first = Begun("a");
        var key = first.KeysFor(["patient:1"])["patient:1"];
        using (var engine = site.OpenVault())
            engine.Write(session => session.Execute("UPDATE vault SET master = @other", ("@other", new byte[16])));

        Assert.Throws<EvidenceTamperedException>(() => first.KeysFor(["patient:2"]));
        using var second = Open("b");
        Assert.Throws<EvidenceTamperedException>(first.Look);

        Assert.Equal(["patient:1"], first.KeysFor(["patient:1"]).Keys);
        Assert.Equal(key.Key, first.Find(key.Id));
        using (var engine = site.OpenVault())
        {
            Assert.Equal(1, engine.Read(session => Count(session, "subject")));
            Assert.Equal(1, engine.Read(session => Count(session, "custodian WHERE wrapped IS NOT NULL")));
        }
    }

    private static long Count(StoreSession session, string what)
    {
        using var command = session.Statement($"SELECT count(*) FROM {what}");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>A quarter of the threads opens a key, a quarter asks for a hold, and half make keys.</summary>
    private static void Meet(
        SharedVault vault, SubjectKey known, int what, string[] persons, ConcurrentDictionary<string, SubjectKey> made)
    {
        if (what == 0)
            Assert.Equal(known.Key, vault.Find(known.Id));
        else if (what == 1)
            Assert.False(vault.IsHeld("patient:0"));
        foreach (var (person, key) in vault.KeysFor(what < 2 ? [] : persons))
            made[person] = key;
        vault.Look();
    }
}
