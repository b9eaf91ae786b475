using System.Net;
using System.Text;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaAddressTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("2001:db8::/32", "2001:db8:1:2:3:4:5:6", true)]
    [InlineData("2001:db8::/32", "2001:DB9::", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("::/0", "::", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "0:0:0:0:0:0:0:1", true)]
    [InlineData("::1/128", "::2", false)]
    [InlineData("::ffff:0:0/96", "::ffff:10.1.2.3", true)]
    [InlineData("fe80::/10", "fe80::1%eth0", true)]
    [InlineData("::/0", "1::2::3", false)]
    [InlineData("::/0", "1:2:3:4:5:6:7", false)]
    [InlineData("::/0", "1:2:3:4:5:6:7:8:9", false)]
    [InlineData("::/0", "1:2:3:4:5:6:7::8", false)]
    [InlineData("::/0", "12345::", false)]
    [InlineData("::/0", ":::", false)]
    [InlineData("::/0", "1:", false)]
    [InlineData("::/0", "::g", false)]
    [InlineData("::/0", "::10.1.2.3:1", false)]
    public void Addresses_of_version_6(string network, string address, bool isWithin) =>
        Assert.Equal(isWithin, SigmaAddress.IsWithin(IPNetwork.Parse(network), Encoding.UTF8.GetBytes(address)));

    [Fact]
    public void The_platform_reads_random_addresses_alike_and_nothing_is_allocated()
    {
        var random = new Random(TestSeed.Next(output));
        var network = IPNetwork.Parse("8000::/2");
        for (var turn = 0; turn < 2_000; turn++)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes.AsSpan(0, random.Next(17)));
            var text = Encoding.UTF8.GetBytes(new IPAddress(bytes).ToString());

            Assert.Equal(network.Contains(new IPAddress(bytes)), SigmaAddress.IsWithin(network, text));
            // A collection for other tests in between can add what was left of the thread's room: asked again, that is gone.
            Assert.Contains(0L, Enumerable.Range(0, 3).Select(_ => Allocated(network, text)));
        }
    }

    private static long Allocated(IPNetwork network, byte[] text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        SigmaAddress.IsWithin(network, text);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
