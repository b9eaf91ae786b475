using System.Reflection;
using System.Text;
using SentinelHealth.Detection;
using SentinelHealth.Ingest;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Architecture.Tests;

/// <summary>What a module offers to those on its right changes only on purpose.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Ingest_offers_what_was_approved() => Approval.Matches("Ingest.api.txt", Listing(typeof(Conservation).Assembly));

    [Fact]
    public void Detection_offers_what_was_approved() => Approval.Matches("Detection.api.txt", Listing(typeof(IDetectionEngine).Assembly));

    [Fact]
    public void Response_offers_what_was_approved() => Approval.Matches("Response.api.txt", Listing(typeof(IResponder).Assembly));

    private static string Listing(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(TypeText.Of(type)).Append('\n');
            foreach (var line in type.IsEnum ? Members(type) : Members(type).Distinct().Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        // What the compiler writes for a record is no decision of ours: equality, printing, cloning and deconstruction.
        return type.GetMembers(Own).Where(member => !IsOfEveryRecord(member)).Select(TypeText.Of).Where(text => text.Length > 0);
    }

    private static bool IsOfEveryRecord(MemberInfo member) =>
        member.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "PrintMembers" or "op_Equality" or "op_Inequality"
        || member.Name.StartsWith('<') || member is Type;
}
