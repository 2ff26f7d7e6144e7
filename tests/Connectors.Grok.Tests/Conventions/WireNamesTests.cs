using System.Reflection;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The names of the wire records follow the rules at the top of <c>Responses/WireObject.cs</c>.</summary>
public class WireNamesTests
{
    private static readonly Type[] Unions = [typeof(ResponseItem), typeof(ResponsePart), typeof(ResponseTool), typeof(ResponseEvent), typeof(ResponseAnnotation)];

    private static readonly List<Type> Records = [.. typeof(GrokResponse).Assembly.GetExportedTypes()
        .Where(static t => t.Namespace == typeof(GrokResponse).Namespace && t != typeof(WireObject) && t != typeof(TaggedObject))];

    [Fact]
    public void Wire_union_case_names_end_with_the_last_word_of_the_union() =>
        Assert.All(Unions, static union => Assert.All(
            Records.Where(t => t.IsSubclassOf(union)),
            t => Assert.EndsWith(union.Name["Response".Length..], t.Name, StringComparison.Ordinal)));

    [Fact]
    public void Other_wire_record_names_start_with_Grok_or_Response_or_follow_an_operation_or_member()
    {
        var members = Records.SelectMany(static t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(static p => Types(p.PropertyType))).ToHashSet();
        var others = Records.Where(static t => !Array.Exists(Unions, u => t == u || t.IsSubclassOf(u))).ToList();
        Assert.Contains(typeof(CreateResponseRequest), others);
        Assert.All(others, t => Assert.True(
            t.Name.StartsWith("Grok", StringComparison.Ordinal)
            || t.Name.StartsWith("Response", StringComparison.Ordinal)
            || (t.Name.StartsWith("Create", StringComparison.Ordinal) && t.Name.EndsWith("Request", StringComparison.Ordinal))
            || ((t.Name.StartsWith("Delete", StringComparison.Ordinal) || t.Name.StartsWith("List", StringComparison.Ordinal)) && t.Name.EndsWith("Result", StringComparison.Ordinal))
            || members.Contains(t),
            $"{t.Name} follows no rule."));
        Assert.DoesNotContain(others, static t => t.Name is "ResponseRequest" or "DeletedResponse" or "ModelList");
    }

    private static IEnumerable<Type> Types(Type type) => type.GetGenericArguments().SelectMany(Types).Append(type);
}
