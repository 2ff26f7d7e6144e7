// Removes non-public members from XML documentation files, because the compiler writes the documentation of all members.
// Usage: dotnet run build/PublicDocs.cs -- ASSEMBLY.dll [ASSEMBLY.dll ...] DOCUMENTATION.xml [DOCUMENTATION.xml ...]; rewrites the
// documentation. There is one file per assembly, in the same order.
#:property PublishAot=false
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

var assemblies = args.Where(static a => a.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).ToList();
var files = args.Except(assemblies, StringComparer.Ordinal).ToList();
if (assemblies.Count == 0 || files.Count != assemblies.Count)
{
    Console.Error.WriteLine($"{assemblies.Count} assemblies and {files.Count} documentation files: pass as many of each.");
    return 1;
}

foreach (var (assembly, file) in assemblies.Zip(files))
{
    var visible = PublicMembers.FromAssembly(assembly);
    var document = XDocument.Load(file, LoadOptions.PreserveWhitespace);
    var hidden = document.Descendants("member").Where(m => !visible.Contains(m.Attribute("name")!.Value)).ToList();
    foreach (var member in hidden)
    {
        // Also remove the preceding white space, so that no blank lines remain.
        (member.PreviousNode as XText)?.Remove();
        member.Remove();
    }

    if (hidden.Count > 0)
    {
        File.WriteAllText(file, $"<?xml version=\"1.0\"?>\n{document.Root!.ToString(SaveOptions.DisableFormatting)}\n");
    }

    Console.WriteLine($"{Path.GetFileName(file)}: removed {hidden.Count} of {hidden.Count + document.Descendants("member").Count()} members");
}

return 0;

/// <summary>Collects the documentation ids of the public and protected members of an assembly.</summary>
internal sealed class PublicMembers : ISignatureTypeProvider<string, MetadataReader>
{
    private readonly MetadataReader _metadata;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private PublicMembers(MetadataReader metadata) => _metadata = metadata;

    public static HashSet<string> FromAssembly(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var members = new PublicMembers(file.GetMetadataReader());
        foreach (var handle in members._metadata.TypeDefinitions)
        {
            members.Add(members._metadata.GetTypeDefinition(handle), handle);
        }

        return members._ids;
    }

    private void Add(TypeDefinition type, TypeDefinitionHandle handle)
    {
        if (!IsVisible(type))
        {
            return;
        }

        var name = GetTypeFromDefinition(_metadata, handle, 0);
        _ids.Add($"T:{name}");
        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition).Where(static f => IsVisible(f.Attributes & FieldAttributes.FieldAccessMask)))
        {
            _ids.Add($"F:{name}.{_metadata.GetString(field.Name)}");
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition).Where(IsVisible))
        {
            _ids.Add(Method(name, method));
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
        {
            var accessors = property.GetAccessors();
            if (IsVisible(accessors.Getter) || IsVisible(accessors.Setter))
            {
                var parameters = property.DecodeSignature(this, _metadata).ParameterTypes;
                _ids.Add($"P:{name}.{_metadata.GetString(property.Name)}{(parameters.IsEmpty ? "" : $"({string.Join(',', parameters)})")}");
            }
        }

        foreach (var e in type.GetEvents().Select(_metadata.GetEventDefinition).Where(e => IsVisible(e.GetAccessors().Adder)))
        {
            _ids.Add($"E:{name}.{_metadata.GetString(e.Name)}");
        }
    }

    private string Method(string type, MethodDefinition method)
    {
        var signature = method.DecodeSignature(this, _metadata);
        var name = _metadata.GetString(method.Name).Replace('.', '#');
        var arity = signature.GenericParameterCount > 0 ? $"``{signature.GenericParameterCount}" : "";
        var parameters = signature.ParameterTypes.IsEmpty ? "" : $"({string.Join(',', signature.ParameterTypes)})";
        var result = name is "op_Implicit" or "op_Explicit" ? $"~{signature.ReturnType}" : "";
        return $"M:{type}.{name}{arity}{parameters}{result}";
    }

    private bool IsVisible(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.Public => true,
        TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(_metadata.GetTypeDefinition(type.GetDeclaringType())),
        _ => false,
    };

    private bool IsVisible(MethodDefinitionHandle method) => !method.IsNil && IsVisible(_metadata.GetMethodDefinition(method));

    private static bool IsVisible(MethodDefinition method) =>
        (method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static bool IsVisible(FieldAttributes access) => access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        return !type.GetDeclaringType().IsNil ? $"{GetTypeFromDefinition(reader, type.GetDeclaringType(), 0)}.{name}"
            : type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference ? $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}.{name}"
            : type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    // Distributes the type arguments over a nested type and its declaring types, according to the arity in each name.
    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
    {
        var arguments = new Queue<string>(typeArguments);
        return string.Join('.', genericType.Split('.').Select(part => part.IndexOf('`', StringComparison.Ordinal) is var index and >= 0
            ? $"{part[..index]}{{{string.Join(',', Enumerable.Range(0, int.Parse(part[(index + 1)..])).Select(_ => arguments.Dequeue()))}}}"
            : part));
    }

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{string.Join(',', Enumerable.Repeat("0:", shape.Rank))}]";

    public string GetByReferenceType(string elementType) => $"{elementType}@";

    public string GetPointerType(string elementType) => $"{elementType}*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetGenericTypeParameter(MetadataReader genericContext, int index) => $"`{index}";

    public string GetGenericMethodParameter(MetadataReader genericContext, int index) => $"``{index}";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "=FUNC";

    public string GetTypeFromSpecification(MetadataReader reader, MetadataReader genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
}
