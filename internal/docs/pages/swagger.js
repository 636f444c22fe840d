// A file and not a line in the page: the page's policy runs nothing inline.
SwaggerUIBundle({
  url: 'openapi.yaml',
  dom_id: '#swagger',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // By default a badge is asked of another site, with the address of this one.
  validatorUrl: null,
});
