using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Connectors.Grok.Serialization;

/// <summary>The type information of a type that the context must know.</summary>
internal static class JsonSerializerOptionsExtensions
{
    public static JsonTypeInfo<T> GetTypeInfo<T>(this JsonSerializerOptions options) =>
        (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
