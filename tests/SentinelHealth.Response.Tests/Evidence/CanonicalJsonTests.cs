using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evidence;

public sealed class CanonicalJsonTests(ITestOutputHelper output)
{
    [Theory]
    // The example of RFC 8785, section 3.2.2 and 3.2.3.
    [InlineData(
        """{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData("""{ "b" : 1, "a" : { "d" : [ ], "c" : { } } }""", """{"a":{"c":{},"d":[]},"b":1}""")]
    [InlineData("""{"\u20ac":1,"\r":2,"1":3,"\u0080":4,"\u00f6":5}""", "{\"\\r\":2,\"1\":3,\"\u0080\":4,\"ö\":5,\"€\":1}")]
    public void It_is_the_form_of_the_rfc(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.5e-7, "1.5e-7")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(9007199254740992.0, "9007199254740992")]
    [InlineData(0.1, "0.1")]
    [InlineData(100.25, "100.25")]
    public void Numbers_are_written_as_scripts_write_them(double value, string expected) => Assert.Equal(expected, CanonicalJson.NumberText(value));

    [Fact]
    public void Numbers_read_back_as_themselves()
    {
        var random = new Random(TestSeed.Next(output));

        for (var i = 0; i < 20_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(value))
                Assert.Equal(value, double.Parse(CanonicalJson.NumberText(value),
                    System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Canonical_json_is_its_own_canonical_form()
    {
        var once = Canonical("""{"z":[{"b":1.50,"a":"x\u0001"}],"y":null}""");

        Assert.Equal(once, Canonical(once));
    }

    [Fact]
    public void What_is_too_deep_is_refused()
    {
        var options = new JsonDocumentOptions { MaxDepth = 200 };
        using var deep = JsonDocument.Parse(new string('[', 100) + new string(']', 100), options);

        Assert.Throws<ArgumentException>(() => CanonicalJson.Of(deep.RootElement));
    }

    [Fact]
    public void Evidence_changes_with_any_member_of_what_was_seen()
    {
        var incident = SomeCase.Incident();
        var alert = SomeCase.Alert();
        var hash = DecisionEvidence.Of(incident, [alert]).Hash;

        Assert.Matches("^0x[0-9a-f]{64}$", hash);
        Assert.Equal(hash, DecisionEvidence.Of(incident with { }, [alert with { }]).Hash);
        Assert.NotEqual(hash, DecisionEvidence.Of(incident with { Score = 0.951 }, [alert]).Hash);
        Assert.NotEqual(hash, DecisionEvidence.Of(incident, [alert with { Reason = alert.Reason + " " }]).Hash);
        Assert.NotEqual(hash, DecisionEvidence.Of(incident, []).Hash);
    }

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Of(document.RootElement));
    }
}
