using System.Reflection;
using System.Xml.Linq;

namespace Connectors.Grok.Tests;

/// <summary>The XML documentation of an assembly's public methods.</summary>
internal static class PublicDocumentation
{
    /// <summary>Lists the methods that lack <c>returns</c>, or the <c>exception</c> for arguments that must not be null.</summary>
    /// <param name="assembly">The assembly, with its documentation file beside it.</param>
    /// <param name="isChecked">Selects the types.</param>
    public static IEnumerable<string> Gaps(Assembly assembly, Func<Type, bool> isChecked)
    {
        var members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToLookup(static m => m.Attribute("name")!.Value.Split('(', '`')[0]);
        var nullability = new NullabilityInfoContext();
        foreach (var method in assembly.GetExportedTypes().Where(isChecked)
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)).Where(static m => !m.IsSpecialName))
        {
            var parameters = method.GetParameters();
            foreach (var member in members[$"M:{method.DeclaringType!.FullName}.{method.Name}"].Where(static m => m.Element("inheritdoc") is null))
            {
                if (!member.Elements("param").Select(static p => p.Attribute("name")!.Value).SequenceEqual(parameters.Select(static p => p.Name), StringComparer.Ordinal))
                {
                    continue;
                }

                if (method.ReturnType != typeof(void) && member.Element("returns") is null)
                {
                    yield return $"{method}: returns";
                }

                var needsValues = parameters.Any(p => !p.ParameterType.IsValueType && nullability.Create(p).WriteState == NullabilityState.NotNull);
                if (needsValues && !member.Elements("exception").Any(static e => e.Attribute("cref")!.Value.StartsWith("T:System.Argument", StringComparison.Ordinal)))
                {
                    yield return $"{method}: exception";
                }
            }
        }
    }
}
