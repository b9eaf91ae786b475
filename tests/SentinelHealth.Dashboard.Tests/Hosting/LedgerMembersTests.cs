using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Hosting;

public sealed class LedgerMembersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nodes_and_actors_are_read_with_their_organization()
    {
        var members = LedgerFactory.MembersOf(Written("""
            {"id":"node:a-1","organization":"hospital-a"}

            {"id":"did:ethr:0x1","organization":"hospital-b","since":"2026"}
            """));

        Assert.Equal(
            [new LedgerMember(new(EntityType.Node, "node:a-1"), "hospital-a"), new(new(EntityType.Actor, "did:ethr:0x1"), "hospital-b")],
            members);
    }

    [Theory]
    [InlineData("""{"id":"g-1","organization":"hospital-a"}""")]
    [InlineData("""{"id":"node:a-1"}""")]
    [InlineData("""["node:a-1","hospital-a"]""")]
    [InlineData("node:a-1 hospital-a")]
    [InlineData("""{"id":"node:a-2","organization":"hospital-b"}""")]
    public void A_fault_is_told_with_its_line(string line)
    {
        var fault = Assert.Throws<UsageException>(() => LedgerFactory.MembersOf(Written(
            $$"""{"id":"node:a-2","organization":"hospital-a"}{{"\n"}}{{line}}""")));

        Assert.Contains("members.ndjson:2: ", fault.Message, StringComparison.Ordinal);
    }

    private string Written(string lines)
    {
        File.WriteAllText(_folder.File("members.ndjson"), lines);
        return _folder.File("members.ndjson");
    }
}
