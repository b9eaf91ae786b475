using System.Data.Common;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Tests.Storage.Conformance;

/// <summary>What the store of accounts promises on any engine, with two processes at it.</summary>
public abstract class IdentityStoreConformance : IDisposable
{
    private const int Many = 12;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    private readonly StoreTables _tables;
    private readonly IdentityStore _here;
    private readonly IdentityStore _there;

    protected IdentityStoreConformance(StoreTables tables)
    {
        _tables = tables;
        _here = new IdentityStore(tables.Open());
        _there = new IdentityStore(tables.Open());
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _tables.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void An_account_made_in_one_process_is_there_in_the_other_whole()
    {
        var bo = Person("bo", Roles.Viewer) with { Organizations = ["hospital-a"], Issuer = "https://idp.example", Subject = "s-1" };
        Assert.True(_here.TryAddAccount(bo, Now));

        var known = _there.FindAccount("https://idp.example", "s-1")!;
        Assert.Equal(
            (bo.Name, bo.Role, bo.Stamp, Now, 1L), (known.Name, known.Role, known.Stamp, known.CreatedAt, known.Version));
        Assert.Equal(["hospital-a"], known.Organizations);
        Assert.False(_there.TryAddAccount(Person("bo", Roles.Viewer), Now));
        Assert.False(_there.TryAddAccount(Person("other", Roles.Viewer) with { Issuer = bo.Issuer, Subject = bo.Subject }, Now));
        Assert.Null(_there.FindAccount("", ""));
    }

    [Fact]
    public void Somebody_stays_administrator_whoever_is_removed_or_changed_at_once()
    {
        var names = Enumerable.Range(0, Many).Select(i => $"root-{i}").ToList();
        names.ForEach(name => Assert.True(_here.TryAddAccount(Person(name, Roles.Administrator), Now)));

        AtOnce.Run(Many, _here, _there, (store, i) => i % 3 == 0
            ? store.TryRemove(names[i])
            : store.TryChange(store.FindAccount(names[i])! with { Role = Roles.Viewer }, "stamp"));

        Assert.Single(_here.Accounts(), account => account.Role == Roles.Administrator);
    }

    [Fact]
    public void Of_many_with_the_first_link_one_becomes_administrator()
    {
        _here.SetSetupSecret("link", Now.AddHours(1));

        var made = AtOnce.Run(
            Many, _here, _there, (store, i) => store.TryAddFirst("link", Person($"root-{i}", Roles.Administrator), Now));

        Assert.Single(made, FirstAccount.Made);
        Assert.Single(_here.Accounts());
        Assert.False(_there.IsSetupSecret("link", Now));
    }

    [Fact]
    public void The_first_link_ends_with_its_hour_and_with_the_first_account()
    {
        _here.SetSetupSecret("link", Now.AddHours(1));
        Assert.Equal(FirstAccount.LinkClosed, _there.TryAddFirst("link", Person("late", Roles.Administrator), Now.AddHours(1)));
        Assert.Equal(FirstAccount.LinkClosed, _there.TryAddFirst("another", Person("guess", Roles.Administrator), Now));
        Assert.True(_here.TryAddAccount(Person("ann", Roles.Administrator), Now));

        Assert.Equal(FirstAccount.LinkClosed, _there.TryAddFirst("link", Person("second", Roles.Administrator), Now));
        Assert.Single(_here.Accounts());
    }

    [Fact]
    public void An_invitation_makes_one_account_and_survives_a_name_that_is_taken()
    {
        _here.AddInvitation(new Invitation("hash", Roles.Analyst, ["hospital-b"], "ann", Now.AddDays(1)));
        Assert.True(_here.TryAddAccount(Person("taken", Roles.Viewer), Now));
        Assert.Equal(FirstAccount.NameTaken, _there.TryAddInvited("hash", Person("taken", Roles.Analyst), Now));

        var made = AtOnce.Run(Many, _here, _there, (store, i) => store.TryAddInvited("hash", Person($"new-{i}", Roles.Analyst), Now));

        Assert.Single(made, FirstAccount.Made);
        Assert.Equal(2, _here.Accounts().Count);
        Assert.Empty(_there.Invitations(Now));
    }

    [Fact]
    public void Wrong_passwords_lock_an_account_however_many_processes_are_asked()
    {
        Add("ann");
        AtOnce.Run(SignIns.FailuresMax - 1, _here, _there, Fail);
        Assert.Equal((SignIns.FailuresMax - 1, (DateTimeOffset?)null), Lock("ann"));

        AtOnce.Run(Many, _here, _there, Fail);

        // The fifth locked it; those that came too late counted for nothing.
        Assert.Equal((0, Now.AddMinutes(15)), Lock("ann"));

        static bool Fail(IdentityStore store, int i)
        {
            store.CountFailure("ann", SignIns.FailuresMax, Now, Now.AddMinutes(15));
            return true;
        }
    }

    [Fact]
    public void A_right_password_that_was_guessed_while_the_account_was_being_locked_is_refused()
    {
        Add("ann");
        var read = _here.FindAccount("ann")!;
        for (var i = 0; i < SignIns.FailuresMax; i++)
            _there.CountFailure("ann", SignIns.FailuresMax, Now, Now.AddMinutes(15));

        Assert.False(_here.TryPass(read, Now));
        Assert.True(_here.TryPass(read, Now.AddMinutes(15)));
        Assert.Equal((0, (DateTimeOffset?)null), Lock("ann"));
        _there.SetPassword("ann", "another", "another-stamp");
        Assert.False(_here.TryPass(read, Now.AddMinutes(15)));
    }

    [Fact]
    public void A_code_of_an_authenticator_works_once_in_all_processes_together()
    {
        Add("ann");
        _here.SetTotp("ann", "secret", 100, ["r-1", "r-2"]);

        Assert.Single(AtOnce.Run(Many, _here, _there, (store, _) => store.UseTotpStep("ann", 101, Now)), true);
        Assert.Single(AtOnce.Run(Many, _here, _there, (store, _) => store.UseRecovery("ann", "r-1", Now)), true);

        Assert.False(_there.UseTotpStep("ann", 100, Now));
        Assert.Equal((101L, 1), (_there.FindAccount("ann")!.TotpStep, _there.RecoveryCount("ann")));
        _there.CountFailure("ann", 1, Now, Now.AddMinutes(15));
        Assert.False(_here.UseTotpStep("ann", 102, Now));
        Assert.False(_here.UseRecovery("ann", "r-2", Now));
        Assert.True(_here.UseRecovery("ann", "r-2", Now.AddMinutes(15)));
    }

    [Fact]
    public void A_session_that_is_ended_is_over_everywhere_and_the_oldest_go_first()
    {
        Add("ann");
        for (var i = 0; i <= IdentityStore.SessionsPerAccountMax; i++)
            (i % 2 == 0 ? _here : _there).AddSession(new Session($"s-{i}", "ann", Now, Now, "10.0.0.1", "Firefox"), Now.AddDays(-1));

        Assert.Equal(IdentityStore.SessionsPerAccountMax, _here.SessionsOf("ann").Count);
        Assert.Null(_there.FindSession("s-0"));
        _there.TouchSession("s-5", Now.AddMinutes(1));
        Assert.Equal(("s-5", Now.AddMinutes(1)), (_here.SessionsOf("ann")[0].Id, _here.SessionsOf("ann")[0].SeenAt));
        Assert.False(_here.RemoveSession("bo", "s-5"));
        Assert.True(_here.RemoveSession("ann", "s-5"));
        Assert.Null(_there.FindSession("s-5"));
        Add("root", Roles.Administrator);
        Assert.True(_there.TryRemove("ann"));
        Assert.Empty(_here.SessionsOf("ann"));
    }

    [Fact]
    public void A_token_is_found_until_it_is_revoked_in_any_process()
    {
        var token = new ApiToken(new string('a', 43), "gateway", Roles.Viewer, Now) { Scopes = ["View"], ExpiresAt = Now.AddDays(1), CreatedBy = "ann" };
        _here.AddToken(token);
        _there.SetTokenUsed(token.Hash, Now.AddHours(1));

        var found = _there.FindToken(token.Hash)!;
        Assert.Equal((token.Name, token.ExpiresAt, Now.AddHours(1)), (found.Name, found.ExpiresAt, found.UsedAt));
        Assert.Equal(["View"], found.Scopes);
        Assert.True(_there.RemoveToken(token.Id));
        Assert.Null(_here.FindToken(token.Hash));
    }

    [Fact]
    public void What_was_done_is_numbered_and_not_changed_by_anybody()
    {
        _here.AddAct(new AccountAct(0, Now, "ann", "invited", "somebody", "viewer\0"));
        _there.AddAct(new AccountAct(0, Now, "ann", "withdrew", "an invitation", ""));

        Assert.Equal(["withdrew", "invited"], _here.Acts(long.MaxValue, 10).Select(act => act.Act));
        using var engine = _tables.Open();
        Assert.ThrowsAny<DbException>(() => engine.Write(session => session.Execute("UPDATE act SET done_by = 'nobody'")));
        Assert.Equal(["ann", "ann"], _here.Acts(long.MaxValue, 10).Select(act => act.By));
    }

    [Fact]
    public void A_store_of_a_later_version_is_refused()
    {
        using (var engine = _tables.Open())
            engine.Write(session => session.Execute("UPDATE version SET version = 99"));

        var refusal = Assert.Throws<InvalidDataException>(() => new IdentityStore(_tables.Open()));
        Assert.Contains("version 99", refusal.Message, StringComparison.Ordinal);
    }

    private (int Failures, DateTimeOffset? Until) Lock(string name) =>
        (_here.FindAccount(name)!.FailureCount, _there.FindAccount(name)!.LockedUntil);

    private void Add(string name, string role = Roles.Analyst) => Assert.True(_here.TryAddAccount(Person(name, role), Now));

    private static Account Person(string name, string role) => new(name, "hash-of-" + name, role, "stamp-of-" + name);
}
