// The awkward names that real lists contain.

const LONG =
  "Consorzio Intercomunale per la Gestione Associata dei Servizi Informatici, Amministrativi, Ambientali e di Protezione Civile delle Valli Bergamasche, Bresciane e dell’Alta Pianura Lombarda Società Consortile a Responsabilità Limitata";

/** Right to left, other scripts, emoji, markup, formulas, quotes, combining marks, length: each a legal company name. */
export const awkwardNames: readonly string[] = [
  LONG.slice(0, 200),
  "شركة النور للتجارة والصناعة",
  "مؤسسة الواحة للحلول التقنية (Milano)",
  "מאפיית השלום בע״מ",
  "東京精密工業株式会社",
  "上海云帆科技有限公司",
  "주식회사 한빛물류",
  "Gelateria Polo 🍦 Nord",
  "👩‍🔬 Laboratorio Analisi 🧪",
  "<b>Grassetto</b> & Figli",
  "<script>alert(1)</script> Sicurezza S.r.l.",
  'Trattoria "Da Nino" dal 1962',
  "O’Brien, d'Arcy & Söhne",
  "Robert'); DROP TABLE customers;--",
  "=SOMMA(A1:A9) Contabilità",
  "+39 Call Center S.r.l.",
  "@Home Domotica",
  "-40° Surgelati",
  "İstanbul Çelik Sanayi ve Ticaret A.Ş.",
  "Straße & Weiß ΣΟΦΌΣ ΑΕ",
  "Cafe\u0301 de la Gare",
  "Zażółć Gęślą Jaźń sp. z o.o.",
  "ООО «Северный ветер»",
  "Ђорђевић и Синови д.о.о.",
  "null",
  "undefined GmbH",
  "1000",
  "A",
  "Tab\tulazione S.r.l.",
  "Doppio  Spazio   S.n.c.",
  "Firma \\ Backslash / Slash % Underscore_",
  "Société d’Exploitation des Établissements Lefèvre-Utile & Cie, anciennement Manufacture Royale de Dentelles et Passementeries du Haut-Jura, Succursale de Saint-Claude-sur-Bienne",
];
