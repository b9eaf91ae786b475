using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>Of several processes one leads, and another does when that one is gone.</summary>
public sealed class PostgresLeadershipTests(PostgresFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_of_several_leads_and_another_when_it_ends()
    {
        var options = fixture.Server.Options();
        await using var first = Run(options);
        await first.BecomesAsync(true, Cancel);
        await using var second = Run(options);
        await using var third = Run(options);
        await using var apart = Run(fixture.Server.Options());
        // A store of its own has a leader of its own.
        await apart.BecomesAsync(true, Cancel);
        Assert.True(first.IsLeader);
        Assert.False(second.IsLeader || third.IsLeader);

        await first.DisposeAsync();
        using var found = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Task.WhenAny(second.BecomesAsync(true, found.Token), third.BecomesAsync(true, found.Token));
        await found.CancelAsync();

        Assert.False(first.IsLeader);
        Assert.True(second.IsLeader ^ third.IsLeader);
    }

    [Fact]
    public async Task A_leader_whose_session_is_ended_knows_it_and_another_takes_over()
    {
        var options = fixture.Server.Options();
        await using var first = Run(options);
        await first.BecomesAsync(true, Cancel);
        await using var second = Run(options);

        // Ended again and again until the other has it: who asks first after the end is chance.
        while (!second.IsLeader)
        {
            await fixture.Server.AskAsync(
                $"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = (hashtext('{options.SchemaPrefix}')::bigint & 4294967295)::oid");
            await Task.WhenAny(second.BecomesAsync(true, Cancel), Task.Delay(TimeSpan.FromSeconds(2), Cancel));
        }

        await first.BecomesAsync(false, Cancel);
        Assert.True(second.IsLeader);
    }

    [Fact]
    public async Task Nobody_leads_while_the_server_is_away_and_somebody_does_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var only = Run(server.Options());
        await only.BecomesAsync(true, Cancel);

        await server.KillAsync();
        await only.BecomesAsync(false, Cancel);
        await server.ResumeAsync();
        await only.BecomesAsync(true, Cancel);

        Assert.True(only.IsLeader);
    }

    private static PostgresLeadership Run(PostgresOptions options) =>
        new(options, TimeProvider.System, NullLogger<PostgresLeadership>.Instance);
}
