using System.Reflection;
using System.Text;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The public members of the core are those that somebody approved. A difference leaves a <c>.received.txt</c> beside the approved file.</summary>
public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        var folder = Repository.PathTo("tests/Connectors.Grok.Tests/Conventions");
        var approved = Path.Combine(folder, "PublicApi.approved.txt");
        var surface = Surface(typeof(GrokChatClient).Assembly);
        if (!File.Exists(approved) || File.ReadAllText(approved).ReplaceLineEndings("\n") != surface)
        {
            File.WriteAllText(Path.Combine(folder, "PublicApi.received.txt"), surface);
            Assert.Fail("The public surface has changed: compare PublicApi.received.txt with PublicApi.approved.txt, and replace the latter if the change is meant.");
        }
    }

    private static string Surface(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append(type.BaseType is { } b && b != typeof(object) && b != typeof(Enum) ? " : " + b.Name : "").Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(static m => m is not (MethodInfo { IsSpecialName: true } or Type) && !IsOfEveryRecord(m))
                .Select(static m => $"  {m}{Setter(m)}".Replace("System.", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            text.AppendJoin('\n', members).Append("\n\n");
        }

        return text.ToString();
    }

    private static bool IsOfEveryRecord(MemberInfo member) =>
        member.Name is "ToString" or "GetHashCode" or "Equals" or "<Clone>$" or "Deconstruct" or "value__" || member.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Setter(MemberInfo member) => member is not PropertyInfo property ? ""
        : property.SetMethod is not { IsPublic: true } set ? " { get; }"
        : set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " { get; init; }" : " { get; set; }";
}
