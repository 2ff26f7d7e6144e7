using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Connectors.Grok.Serialization;

/// <summary>Gets the type information of a type that the context contains.</summary>
internal static class JsonSerializerOptionsExtensions
{
    public static JsonTypeInfo<T> GetTypeInfo<T>(this JsonSerializerOptions options) =>
        (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
