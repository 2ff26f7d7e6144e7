using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Connectors.Grok.Tests;

/// <summary>Checks the XML documentation of an assembly's public methods and constructors.</summary>
internal static class PublicDocumentation
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // ArgumentNullException and its base ArgumentException; the bases of that name no argument.
    private static readonly string[] NullExceptions = ["T:System.ArgumentNullException", "T:System.ArgumentException"];

    /// <summary>
    /// Lists the public methods and constructors without a summary, a <c>param</c> for each parameter, <c>returns</c> for a result, or the
    /// <c>exception</c> for arguments that must not be null. Members with <c>inheritdoc</c> take all of these from elsewhere.
    /// </summary>
    /// <param name="assembly">The assembly, with its documentation file beside it.</param>
    /// <param name="isChecked">Selects the types.</param>
    /// <returns>One line for each gap: the id of the member in the documentation file, and what is missing.</returns>
    public static IEnumerable<string> Gaps(Assembly assembly, Func<Type, bool> isChecked)
    {
        var documentation = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(static m => m.Attribute("name")!.Value, StringComparer.Ordinal);
        return assembly.GetExportedTypes().Where(isChecked).SelectMany(Members).SelectMany(member =>
        {
            var id = IdOf(member);
            return Missing(member, documentation.GetValueOrDefault(id)).Select(missing => $"{id}: {missing}");
        });
    }

    /// <summary>The methods and constructors that are written in the source, without those that the compiler adds.</summary>
    private static IEnumerable<MethodBase> Members(Type type) => type.GetMethods(Declared).Where(static m => !m.IsSpecialName)
        .Concat<MethodBase>(type.GetConstructors(Declared).Where(static c => c.GetParameters().Length > 0))
        .Where(static m => !m.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static IEnumerable<string> Missing(MethodBase member, XElement? documentation)
    {
        if (documentation?.Element("inheritdoc") is not null)
        {
            yield break;
        }

        if (string.IsNullOrWhiteSpace(documentation?.Element("summary")?.Value))
        {
            yield return "summary";
        }

        var parameters = member.GetParameters();
        var documented = documentation?.Elements("param").Where(static p => !string.IsNullOrWhiteSpace(p.Value)).Select(static p => p.Attribute("name")!.Value).ToList() ?? [];
        foreach (var parameter in parameters.Where(p => !documented.Contains(p.Name!, StringComparer.Ordinal)))
        {
            yield return $"param {parameter.Name}";
        }

        if (member is MethodInfo method && method.ReturnType != typeof(void) && string.IsNullOrWhiteSpace(documentation?.Element("returns")?.Value))
        {
            yield return "returns";
        }

        var nullability = new NullabilityInfoContext();
        if (ChecksArguments(member)
            && Array.Exists(parameters, p => !p.ParameterType.IsValueType && nullability.Create(p).WriteState == NullabilityState.NotNull)
            && documentation?.Elements("exception").Any(static e => NullExceptions.Contains(e.Attribute("cref")!.Value, StringComparer.Ordinal)) != true)
        {
            yield return "exception";
        }
    }

    /// <summary>Whether the member checks its arguments. Overrides follow their base; constructors of records, structs and exceptions only store their arguments.</summary>
    private static bool ChecksArguments(MethodBase member) => member is MethodInfo method
        ? method.GetBaseDefinition() == method
        : !typeof(Exception).IsAssignableFrom(member.DeclaringType) && member.DeclaringType is { IsValueType: false } type && type.GetMethod("<Clone>$") is null;

    /// <summary>The id of a member in the documentation file, as the C# specification defines it.</summary>
    private static string IdOf(MethodBase member)
    {
        var name = member.IsConstructor ? "#ctor" : member.Name;
        var arity = member.IsGenericMethod ? $"``{member.GetGenericArguments().Length}" : "";
        var parameters = member.GetParameters();
        return $"M:{IdOf(member.DeclaringType!)}.{name}{arity}{(parameters.Length > 0 ? $"({string.Join(',', parameters.Select(static p => IdOf(p.ParameterType)))})" : "")}";
    }

    private static string IdOf(Type type)
    {
        if (type.IsByRef)
        {
            return $"{IdOf(type.GetElementType()!)}@";
        }

        if (type.IsArray)
        {
            return $"{IdOf(type.GetElementType()!)}[]";
        }

        if (type.IsGenericParameter)
        {
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        }

        if (type.IsConstructedGenericType)
        {
            var definition = IdOf(type.GetGenericTypeDefinition());
            return $"{definition[..definition.LastIndexOf('`')]}{{{string.Join(',', type.GetGenericArguments().Select(IdOf))}}}";
        }

        return type.FullName!.Replace('+', '.');
    }
}
